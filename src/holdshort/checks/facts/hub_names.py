"""Whether a name means something on a model hub, or a folder.

In: the text that a program hands to `from_pretrained` and the like, and the variable it came in.
Out: `Home`. A name with one slash may be a folder too; the names that folders usually have are
left to a person.
Source: https://huggingface.co/docs/huggingface_hub/package_reference/utilities (repo id: at most
96 characters of letters, digits, `-`, `_` and `.`, with one slash)
"""

from __future__ import annotations

import re
from enum import StrEnum

from holdshort.checks.facts.words import words


class Home(StrEnum):
    """Where a name leads."""

    HUB = "hub"
    FOLDER = "folder"
    UNCLEAR = "unclear"


BUILDERS = words(
    "csv json parquet text arrow imagefolder audiofolder videofolder webdataset pandas sql xml hdf5"
    " pdffolder generator"
)
"""Names that `load_dataset` takes for a format of files. Source: the packaged modules of
https://github.com/huggingface/datasets"""

_FOLDERS = words(
    "model models checkpoint checkpoints ckpt ckpts output outputs result results data dataset"
    " datasets saved_model saved_models weights pretrained pretrained_models runs run logs log"
    " artifacts artifact tmp src assets asset experiments experiment exp exps out cache save saved"
    " trained_models trained_model work_dirs work_dir resource resources files file local path"
)
_OWNED = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_FILE = re.compile(
    r"\.(pt|pth|bin|ckpt|safetensors|json|ya?ml|h5|onnx|model|txt|zip|gz|py)$", re.IGNORECASE
)
_CANONICAL = re.compile(
    r"(bert|roberta|distilbert|distilroberta|albert|xlnet|xlm|camembert|flaubert|t5|gpt2|transfo-xl"
    r"|all|paraphrase|multi-qa|msmarco|stsb|distiluse|clip-ViT)-[\w.-]+|gpt2|distilgpt2|openai-gpt"
    r"|ctrl|LaBSE"
)
_CANONICAL_DATA = words(
    "squad squad_v2 glue super_glue imdb mnist fashion_mnist cifar10 cifar100 wikitext wikipedia"
    " bookcorpus openwebtext cnn_dailymail xsum ag_news c4 oscar common_voice librispeech_asr"
    " conll2003 snli multi_nli anli race trivia_qa natural_questions hellaswag gsm8k mbpp"
    " openai_humaneval winogrande piqa boolq ptb_text_only yelp_review_full yelp_polarity"
    " amazon_polarity emotion rotten_tomatoes dbpedia_14 tweet_eval wmt14 wmt16 opus_books samsum"
    " billsum food101 beans cats_vs_dogs poloclub lambada"
)
_PATH_NAME = re.compile(r"dir|path|folder|checkpoint|ckpt|output|save|local|file", re.IGNORECASE)


def home_of(name: str, named: str, *, is_dataset: bool) -> Home:
    """Return where a name leads; `named` is the variable it came in, empty when it was written."""
    if not name or "{}" in name:
        return _of_variable(name, named)
    if name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1:
        return Home.FOLDER
    if _FILE.search(name):
        return Home.FOLDER
    if _OWNED.fullmatch(name):
        return Home.UNCLEAR if name.partition("/")[0].lower() in _FOLDERS else Home.HUB
    known = name in _CANONICAL_DATA if is_dataset else _CANONICAL.fullmatch(name) is not None
    return Home.HUB if known else Home.UNCLEAR


def _of_variable(name: str, named: str) -> Home:
    """Return a folder for `output_dir`; `model_name_or_path` says nothing."""
    if name.startswith((".", "/", "~", "{}/")):
        return Home.FOLDER
    sounds_like_path = _PATH_NAME.search(named) is not None and "name" not in named.lower()
    return Home.FOLDER if sounds_like_path else Home.UNCLEAR
