"""Which tracked files hold a model or data, by their names.

In: a path. Out: an `Artifact`, or None. Many suffixes are shared: a pickle may be a model, a table
or a vocabulary. The words of the file's name decide, then those of the folders from the inside
out, then what the suffix mostly is; what stays open is said to be so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.words import words

LARGE_BYTES = 5_000_000
"""A binary that git should not hold itself. Source: our own limit; each version stays for ever."""

LARGE_TOTAL_BYTES = 50_000_000
"""Data of many files that git should not hold itself. Source: our own limit; the size at which
https://docs.github.com/repositories/working-with-files/managing-large-files warns of one file."""


class Artifact(StrEnum):
    """What a file probably holds."""

    MODEL = "model"
    PERHAPS_MODEL = "perhaps a model"
    DATA = "data"
    PILE = "part of the data"  # of any type, in a folder for data
    PERHAPS_DATA = "perhaps data"  # worth a look only when it is large


_MODEL = words(
    ".pt .pth .ckpt .safetensors .gguf .ggml .onnx .ort .keras .tflite .mlmodel .caffemodel .mar"
    " .pdparams .pdiparams .pdmodel .nemo .engine .trt .bst .xgb .ubj .cbm .pmml .t7 .ptl .mnn"
    " .torchscript .rknn .model .weights"
)
_EITHER = words(
    ".pkl .pickle .p .joblib .sav .dill .bin .npz .npy .h5 .hdf5 .mat .msgpack .params .pb .pklz"
    " .pck"
)
_DATA = words(
    ".csv .tsv .parquet .arrow .feather .avro .orc .jsonl .ndjson .tfrecord .tfrecords .lmdb .mdb"
    " .db .sqlite .sqlite3 .xls .xlsx .nc .nii .dcm .las .rds .rdata .dta .sas7bdat .arff .libsvm"
    " .data .zarr"
)
_PACKED = words(".zip .tar .tgz .gz .bz2 .xz .zst .7z .rar")
_TEXTS = words(".txt .json .xml .geojson .train .test .dict")
_CODE = words(
    ".py .pyi .ipynb .md .rst .yaml .yml .toml .cfg .ini .sh .bat .c .h .cc .cpp .cu .js .ts .tsx"
    " .css .html .sql .ttf .otf .bib .dvc .gitignore .gitkeep .gitattributes .lock .svg .r .java"
    " .go .rs .proto"
)
_MODEL_WORDS = words(
    "model models weight weights checkpoint checkpoints ckpt ckpts classifier clf regressor svm svc"
    " estimator encoder decoder scaler vectorizer tfidf pipeline xgb xgboost lgb lgbm lightgbm pca"
    " catboost forest net unet resnet bert gpt vgg yolo pretrained finetuned trained lora adapter"
    " tokenizer kmeans regression logreg linreg"
)
_DATA_WORDS = words(
    "data dataset datasets train val valid validation test raw processed interim external feature"
    " features embeddings corpus corpora label labels images samples vocab table cache inputs"
    " targets stats"
)
_RESULTS = words(
    "result results metric metrics log logs bench benchmark benchmarks report reports leaderboard"
    " predictions submission scores history output outputs docs doc assets"
)
_FOLDER = re.compile(r"data|data_?sets?|corpus|corpora|[a-z0-9]+[_-]data|data[_-][a-z0-9]+|raw|csv")
_NOT_DATA = words("tokenizer vocab merges package lock schema config openapi swagger index golden")
_FIXTURES = words("fixtures test_fixtures testdata test_data test-data mock mocks golden")
_CHECKPOINT = re.compile(
    r"\.ckpt(-\d+)?\.(data-\d+-of-\d+|index|meta)$|variables\.data-\d+-of-\d+$"
)
_WORD = re.compile(r"[a-z]+")


def artifact_of(path: str) -> Artifact | None:
    """Return what a file probably holds, None when it is neither a model nor data."""
    *folders, name = path.lower().split("/")
    stem, _, _ = name.partition(".")
    suffix = "." + name.rpartition(".")[2] if "." in name else ""
    if _CHECKPOINT.search(name):
        return Artifact.MODEL
    if suffix in {".pt", ".pth"} and _speaks_of(stem, folders) is Artifact.DATA:
        return Artifact.DATA
    if suffix in _MODEL:
        return None if stem == "dockerfile" else Artifact.MODEL
    if suffix in _EITHER:
        return _of_either(suffix, stem, folders)
    if suffix in _CODE or name.startswith("."):
        return None
    inner = "." + name.removesuffix(suffix).rpartition(".")[2]
    packed = suffix in _PACKED and inner in _DATA
    return _of_data(inner if packed else suffix, stem, folders)


def is_fixture(path: str) -> bool:
    """Tell whether a file belongs to tests, as their data often do."""
    return is_test_path(path) or not _FIXTURES.isdisjoint(path.lower().split("/")[:-1])


def shown_size(size_bytes: int) -> str:
    """Return a size as people say it: `4.2 MB`."""
    for unit, one in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size_bytes >= one:
            return f"{size_bytes / one:.1f} {unit}"
    return f"{size_bytes} bytes"


def _of_either(suffix: str, stem: str, folders: list[str]) -> Artifact | None:
    spoken = _speaks_of(stem, folders)
    if suffix == ".pb":
        return Artifact.MODEL if spoken is Artifact.MODEL else None
    if spoken is not None:
        return spoken
    if suffix in {".npz", ".npy", ".h5", ".hdf5", ".mat"}:
        return Artifact.DATA
    return None if suffix in {".bin", ".params", ".msgpack"} else Artifact.PERHAPS_MODEL


def _of_data(suffix: str, stem: str, folders: list[str]) -> Artifact | None:
    told = set(_WORD.findall(stem))
    is_result = not _RESULTS.isdisjoint(told.union(*map(_WORD.findall, folders[-2:])))
    in_folder = any(_FOLDER.fullmatch(folder) for folder in folders)
    if suffix in _DATA:
        return Artifact.PERHAPS_DATA if is_result and not in_folder else Artifact.DATA
    named = suffix in _PACKED | _TEXTS and not _DATA_WORDS.isdisjoint(told)
    if in_folder or named:
        return Artifact.PILE
    if suffix in _PACKED or suffix in _TEXTS:
        return Artifact.PERHAPS_DATA if _NOT_DATA.isdisjoint(told) else None
    return None


def _speaks_of(stem: str, folders: list[str]) -> Artifact | None:
    """Return what the nearest telling word of a path speaks of."""
    if stem in {"x", "y", "df"}:
        return Artifact.DATA
    for part in (stem, *reversed(folders)):
        told = _WORD.findall(part)
        if _is_told(told, _MODEL_WORDS):
            return Artifact.MODEL
        if _is_told(told, _DATA_WORDS):
            return Artifact.DATA
    return None


def _is_told(told: Iterable[str], by: frozenset[str]) -> bool:
    return any(word in by for word in told)
