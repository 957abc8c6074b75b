"""Where a program takes values from outside of its code: options, settings, parameters.

Each sighting tells its `kind`: `options` (a command line), `file` (YAML, TOML, JSON, INI),
`framework` (Hydra, gin, sacred and their like), `class` (a data class of settings) or `executed`
(a file of settings that is run as code).
Sources: https://docs.python.org/3/library/argparse.html, https://hydra.cc/docs/intro/,
https://omegaconf.readthedocs.io/, https://click.palletsprojects.com/, https://typer.tiangolo.com/,
https://abseil.io/docs/python/guides/flags, https://dvc.org/doc/api-reference/params_show,
https://docs.kedro.org/en/stable/configuration/parameters.html
"""

from __future__ import annotations

import ast
import re

from holdshort.checks.facts.sightings import Look, Sighting, Site
from holdshort.checks.facts.words import words

TOPIC = "configuration"

WORDS = (
    b"ArgumentParser",
    b"parse_args",
    b"hydra",
    b"OmegaConf",
    b"click.",
    b"typer",
    b"fire.Fire",
    b"DEFINE_",
    b"sys.argv",
    b"LightningCLI",
    b"parse_config",
)

_CONFIG = re.compile(
    r"conf(ig)?(s|uration)?|cfg|param(eter)?s?|hparams?|hyper\w*|settings?|options?|opts?|args?"
    r"|arguments?",
    re.IGNORECASE,
)
_HYDRAS = words("hydra omegaconf hydra_zen")
_MAKERS = (
    "gin.",
    "sacred.",
    "yacs.",
    "mmengine.",
    "mmcv.",
    "detectron2.config.",
    "ml_collections.",
    "simple_parsing.",
    "tyro.",
    "draccus.",
    "pyrallis.",
    "jsonargparse.",
    "dynaconf.",
    "metaflow.",
    "luigi.",
    "dvc.api.",
    "pytorch_lightning.",
    "lightning.",
    "chz.",
    "confuse.",
    "everett.",
)


def _as(kind: str, *heads: str) -> Look:
    return lambda site: site.sighting(TOPIC, kind=kind) if site.target.startswith(heads) else None


def _maker(site: Site) -> Sighting | None:
    if site.target.partition(".")[0] in _HYDRAS or site.target.startswith(_MAKERS):
        return site.sighting(TOPIC, kind="framework")
    return None


def _flag(site: Site) -> Sighting | None:
    return site.sighting(TOPIC, kind="options") if "flags" in site.target else None


def _load(site: Site) -> Sighting | None:
    head = site.target.partition(".")[0]
    if head in {"yaml", "ruamel", "tomllib", "tomli", "toml", "tomlkit"}:
        return site.sighting(TOPIC, kind="file")
    if head in {"json", "json5", "hjson", "commentjson"} and _sounds(site):
        return site.sighting(TOPIC, kind="file")
    return _maker(site)


def _sounds(site: Site) -> bool:
    """Tell whether what is loaded is called a configuration, or what it is bound to."""
    names = [*site.bound]
    for node in ast.walk(site.call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.append(node.value)
        elif isinstance(node, ast.Name | ast.Attribute):
            names.append(getattr(node, "id", getattr(node, "attr", "")))
    return any(_CONFIG.fullmatch(part) for name in names for part in re.split(r"[\W_\d]+", name))


def _parser(site: Site) -> Sighting | None:
    heads = ("argparse.", "jsonargparse.", "configargparse.", "transformers.", "trl.", "tap.")
    return site.sighting(TOPIC, kind="options") if site.target.startswith(heads) else None


def _parsed(site: Site) -> Sighting | None:
    """Look at `parser.parse_args()` of a parser that was made elsewhere."""
    return site.sighting(TOPIC, kind="options")


def _executed(site: Site) -> Sighting | None:
    """Look at `exec(open("settings.py").read())`."""
    calls = [node.func for node in site.around(site.node) if isinstance(node, ast.Call)]
    executed = any(isinstance(func, ast.Name) and func.id == "exec" for func in calls)
    text = getattr(site.node, "value", "")
    return site.sighting(TOPIC, str(text)[:80], kind="executed") if executed else None


def _class(site: Site) -> Sighting | None:
    """Look at what makes a class one of values: its decorator or its base."""
    name = site.bound[0] if site.bound else ""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    if not name[:1].isupper() or not any(map(_CONFIG.fullmatch, parts)):
        return None
    return site.sighting(TOPIC, name, kind="class")


def _argv(site: Site) -> Sighting | None:
    return site.sighting(TOPIC, kind="options") if site.target == "sys.argv" else None


def _parameters(site: Site) -> Sighting | None:
    """Look at `node(train, inputs=["rows", "params:model"])` of Kedro."""
    text = getattr(site.node, "value", "")
    is_kedro = isinstance(text, str) and text.startswith(("params:", "parameters"))
    return site.sighting(TOPIC, text[:80], kind="file") if is_kedro else None


_FLAGS = words(
    "DEFINE_string DEFINE_integer DEFINE_float DEFINE_bool DEFINE_boolean DEFINE_enum DEFINE_list"
    " DEFINE_config_file DEFINE_config_dict DEFINE_multi_string DEFINE_flag"
)
_MADE = words(
    "main compose initialize create from_cli structured fromfile get_cfg CfgNode ConfigDict parse"
    " cli wrap CLI auto_cli LightningCLI parse_config_file parse_config_files_and_bindings"
    " parse_config add_config Experiment Dynaconf Parameter params_show merge_from_file"
)

CALLS: dict[str, Look] = {
    **dict.fromkeys(_MADE, _maker),
    **dict.fromkeys(_FLAGS, _flag),
    **dict.fromkeys(("load", "loads", "safe_load", "full_load", "load_all"), _load),
    **dict.fromkeys(("ArgumentParser", "HfArgumentParser", "TrlParser", "Tap"), _parser),
    **dict.fromkeys(("parse_args", "parse_known_args", "parse_args_into_dataclasses"), _parsed),
    **dict.fromkeys(("option", "argument"), _as("options", "click.", "rich_click.")),
    **dict.fromkeys(("Typer", "Option", "run"), _as("options", "typer.")),
    "Fire": _as("options", "fire."),
    "docopt": _as("options", "docopt"),
    "ConfigParser": _as("file", "configparser."),
    "load_dotenv": _as("file", "dotenv."),
    "dotenv_values": _as("file", "dotenv."),
    "dataclass": _class,
}
REFERENCES: dict[str, Look] = {
    "dataclass": _class,
    "BaseModel": _class,
    "BaseSettings": _class,
    "NamedTuple": _class,
    "argv": _argv,
}
STRINGS = ((("params:", "parameters"), _parameters), ((".py",), _executed))
