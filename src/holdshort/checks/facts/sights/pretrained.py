"""Calls that bring models, or datasets, from a hub by their name, and what fixes the version.

Each sighting tells `kind` (`model`, `dataset`, `repository` where the name can be no folder,
`library` where the version of a package decides, `task` where the library chooses the model),
`name` (`{}` for parts nobody can tell, empty when it is no text), `named` (the variable that holds
it, when it is one), and `pin`: `commit` (40 hexadecimal digits), `movable` (a branch, a tag or a
short commit), `none` or `unclear` (decided elsewhere).

Sources: https://huggingface.co/docs/huggingface_hub/package_reference/file_download,
https://huggingface.co/docs/transformers/main_classes/model,
https://docs.pytorch.org/docs/stable/hub.html, https://timm.fast.ai/,
https://huggingface.co/docs/datasets/package_reference/loading_methods,
https://sbert.net/docs/package_reference/sentence_transformer/SentenceTransformer.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from holdshort.checks.facts.sightings import Sighting, Site

TOPIC = "pretrained"

WORDS = (
    b"from_pretrained(",
    b"hf_hub_download(",
    b"snapshot_download(",
    b"load_dataset(",
    b"hub.load(",
    b"create_model(",
    b'pipeline("',
    b"pipeline('",
    b"SentenceTransformer(",
    b"CrossEncoder(",
    b"_lora_weights(",
)

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PATH_CALLS = re.compile(r"(^|\.)(join|Path|abspath|expanduser|realpath|joinpath)$")


def _seen(site: Site, kind: str, name: ast.expr | None, pin: str) -> Sighting:
    text = site.text(name) if name is not None else ""
    named = "" if name is None else _identifier(name)
    is_path = "path" if name is not None and _is_path(site, name) else ""
    return site.sighting(TOPIC, kind=kind, name=text, pin=pin, named=named or is_path)


def _identifier(node: ast.expr) -> str:
    """Return what a variable is called, empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _is_path(site: Site, node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return True
    return isinstance(node, ast.Call) and (
        _PATH_CALLS.search(site.resolve(node.func)) is not None
        or any(_is_path(site, one) for one in node.args[:1])
    )


def _pin(site: Site, text: str, given: ast.expr | None) -> str:
    if _COMMIT.fullmatch(text):
        return "commit"
    if text and "{}" not in text:
        return "movable"
    if given is None:
        return "unclear" if site.hides_arguments else "none"
    return "none" if site.source(given) == "None" else "unclear"


def _revision(site: Site) -> str:
    given = site.argument("revision")
    pin = _pin(site, site.text(given) if given is not None else "", given)
    local = site.argument("local_files_only")
    if pin == "none" and local is not None and site.source(local) != "False":
        return "unclear"
    return pin


def _is_own(site: Site) -> bool:
    return site.target.startswith((":", "."))


def _by_name(kind: str, position: int, *names: str) -> Callable[[Site], Sighting | None]:
    """Return a look at calls whose argument of one of these names is what is brought."""

    def look(site: Site) -> Sighting | None:
        if _is_own(site):
            return None
        given = (site.argument(name) for name in names)
        name = next((one for one in given if one is not None), site.argument("", position))
        return _seen(site, kind, name, _revision(site))

    return look


def _from_pretrained(site: Site) -> Sighting | None:
    names = ("pretrained_model_name_or_path", "model_id", "repo_id", "model_name_or_path")
    position = 1 if "Peft" in site.target.rpartition(".")[0] else 0
    given = next((one for name in names if (one := site.argument(name)) is not None), None)
    name = given if given is not None else site.argument("", position)
    if name is None and not site.hides_arguments:
        return None
    pin = _revision(site)
    return _seen(site, "model", name, "unclear" if _is_own(site) and pin == "none" else pin)


def _pipeline(site: Site) -> Sighting | None:
    if not site.target.startswith("transformers."):
        return None
    model = site.argument("model", 1)
    if model is None:
        return _seen(site, "task", None, "unclear" if site.hides_arguments else "none")
    if not site.text(model):
        return None
    return _seen(site, "model", model, _revision(site))


def _torch_hub(site: Site) -> Sighting | None:
    if site.target != "torch.hub.load":
        return None
    repository = site.argument("repo_or_dir", 0)
    source = site.argument("source")
    if source is not None and site.text(source) != "github":
        return None
    text = site.text(repository) if repository is not None else ""
    name, _, reference = text.partition(":")
    known = bool(name) and "{}" not in text
    pin = _pin(site, reference, None) if known else "unclear"
    return _seen(site, "repository", repository, pin)


def _timm(site: Site) -> Sighting | None:
    given = site.argument("pretrained", 1)
    if not site.target.startswith("timm.") or given is None or site.source(given) == "False":
        return None
    name = site.argument("model_name", 0)
    text = site.text(name) if name is not None else ""
    if text.startswith(("hf-hub:", "hf_hub:")):
        reference = text.partition("@")[2]
        return _seen(site, "repository", name, _pin(site, reference, None))
    return _seen(site, "library", name, "unclear")


def _dataset(site: Site) -> Sighting | None:
    if not site.target.startswith(("datasets.", "?.")):
        return None
    return _seen(site, "dataset", site.argument("path", 0), _revision(site))


def _hub_file(site: Site) -> Sighting | None:
    if _is_own(site):
        return None
    return _seen(site, "repository", site.argument("repo_id", 0), _revision(site))


_sentence = _by_name("model", 0, "model_name_or_path", "model_name")
_weights = _by_name(
    "model",
    0,
    "pretrained_model_name_or_path_or_dict",
    "pretrained_model_name_or_path",
    "pretrained_model_name_or_path_or_dict_or_list",
)


def _vllm(site: Site) -> Sighting | None:
    if not site.target.startswith("vllm."):
        return None
    return _seen(site, "model", site.argument("model", 0), _revision(site))


CALLS = {
    "from_pretrained": _from_pretrained,
    "hf_hub_download": _hub_file,
    "snapshot_download": _hub_file,
    "load_lora_weights": _weights,
    "load_textual_inversion": _weights,
    "load_ip_adapter": _weights,
    "SentenceTransformer": _sentence,
    "CrossEncoder": _sentence,
    "pipeline": _pipeline,
    "load": _torch_hub,
    "create_model": _timm,
    "load_dataset": _dataset,
    "load_dataset_builder": _dataset,
    "LLM": _vllm,
}
