"""Calls that bring data, from where, and what fixes its content.

Datasets of the Hugging Face Hub by their name are seen by the topic `pretrained`. Each sighting
tells its `kind`: `hub` (a dataset of another registry by its name), `file` (a path), `address` (a
URL), `store` (a query, whose rows change) or `package` (a library brings or checks it). Its `name`
is the dataset or path, empty when nobody can tell; its `pin` is `commit`, `version`, `movable` (a
branch or tag), `none` or `unclear` (decided elsewhere).

Sources: https://huggingface.co/docs/datasets/loading, https://www.tensorflow.org/datasets/datasets_versioning,
https://scikit-learn.org/stable/modules/generated/sklearn.datasets.fetch_openml.html,
https://dvc.org/doc/api-reference, https://docs.wandb.ai/ref/python/run/#use_artifact
"""

from __future__ import annotations

import ast
import re

from holdshort.checks.facts.hub_names import BUILDERS
from holdshort.checks.facts.sightings import Sighting, Site

TOPIC = "datasets"

WORDS = (
    b"load_dataset(",
    b"tensorflow_datasets",
    b"fetch_openml",
    b"use_artifact",
    b"dataset_download",
    b"dvc.api",
    b"read_csv",
    b"read_parquet",
    b"read_table",
    b"read_excel",
    b"read_feather",
    b"read_json",
    b"read_sql",
    b"read_gbq",
    b"scan_parquet",
    b"scan_csv",
    b"loadtxt",
    b"genfromtxt",
    b"sklearn.datasets",
    b"keras.datasets",
    b"torchvision.datasets",
)

_COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
_FRAMES = ("pandas.", "polars.", "dask.dataframe.", "cudf.", "modin.pandas.", "?.")
_DATA_NAME = re.compile(r"\.(csv|tsv|txt|dat|data|npy|npz|gz|bin|mat)$", re.IGNORECASE)


def _builder(site: Site) -> Sighting | None:
    """Look at a builder of files; names on a hub are of the topic `pretrained`."""
    if site.target.startswith("seaborn."):
        return site.sighting(TOPIC, kind="package", name=_text(site, "name", 0), pin="none")
    if not site.target.startswith("datasets.") or _text(site, "path", 0) not in BUILDERS:
        return None
    return _read(site, _text(site, "data_files"))


def _hub_file(site: Site) -> Sighting | None:
    if _text(site, "repo_type") != "dataset":
        return None
    pin = _revision(site, "revision")
    return site.sighting(TOPIC, kind="hub", name=_text(site, "repo_id", 0), pin=pin)


def _tfds(site: Site) -> Sighting | None:
    if site.target.startswith("numpy."):
        name = _text(site, "file", 0)
        return _read(site, name) if _DATA_NAME.search(name) else None
    if not site.target.startswith("tensorflow_datasets."):
        return None
    name = _text(site, "name", 0)
    pin = "version" if re.search(r":\d+\.\d+\.\d+$", name) else "none" if name else "unclear"
    return site.sighting(TOPIC, kind="hub", name=name, pin=pin)


def _openml(site: Site) -> Sighting | None:
    version = site.argument("version", 1) or site.argument("data_id")
    fixed = isinstance(version, ast.Constant) and isinstance(version.value, int)
    pin = "version" if fixed else _unclear(site, version)
    return site.sighting(TOPIC, kind="hub", name=_text(site, "name", 0), pin=pin)


def _artifact(site: Site) -> Sighting | None:
    if not site.target.startswith(("wandb.", "?.")):
        return None
    name = _text(site, "artifact_or_name", 0)
    pin = "version" if re.search(r":v\d+$", name) else "movable" if name else "unclear"
    return site.sighting(TOPIC, kind="hub", name=name, pin=pin)


def _kaggle(site: Site) -> Sighting | None:
    name = _text(site, "handle", 0)
    pin = "version" if re.search(r"/versions/\d+$", name) else "none" if name else "unclear"
    return site.sighting(TOPIC, kind="hub", name=name, pin=pin)


def _dvc(site: Site) -> Sighting | None:
    if not site.target.startswith("dvc.api."):
        return None
    own = site.argument("repo", 1) is None and site.argument("rev", 2) is None
    pin = "commit" if own else _revision(site, "rev", 2)
    return site.sighting(TOPIC, kind="hub", name=_text(site, "path", 0), pin=pin)


def _frame(site: Site) -> Sighting | None:
    if not site.target.startswith(_FRAMES):
        return None
    first = site.argument("filepath_or_buffer", 0) or site.argument("path") or site.argument("io")
    return _read(site, site.text(first) if first is not None else "")


def _array(site: Site) -> Sighting | None:
    return _read(site, _text(site, "fname", 0)) if site.target.startswith("numpy.") else None


def _store(site: Site) -> Sighting | None:
    if not site.target.startswith(_FRAMES):
        return None
    return site.sighting(TOPIC, kind="store", name="", pin="none")


def _package(site: Site) -> Sighting | None:
    heads = ("sklearn.datasets.", "keras.", "tensorflow.keras.", "torchvision.datasets.")
    if not site.target.startswith(heads):
        return None
    return site.sighting(TOPIC, kind="package", name=site.target, pin="none")


def _read(site: Site, name: str) -> Sighting:
    if "://" in name:
        pin = "commit" if _COMMIT.search(name) else "none"
        return site.sighting(TOPIC, kind="address", name=name, pin=pin)
    return site.sighting(TOPIC, kind="file", name=name, pin="unclear")


def _text(site: Site, name: str, position: int = -1) -> str:
    found = site.argument(name, position)
    return site.text(found) if found is not None else ""


def _revision(site: Site, name: str, position: int = -1) -> str:
    found = site.argument(name, position)
    text = site.text(found) if found is not None else ""
    if text and "{}" not in text:
        return "commit" if _COMMIT.fullmatch(text) else "movable"
    return _unclear(site, found)


def _unclear(site: Site, found: ast.expr | None) -> str:
    if found is None:
        return "unclear" if site.hides_arguments else "none"
    is_null = isinstance(found, ast.Constant) and not found.value
    return "none" if is_null else "unclear"


CALLS = {
    "load_dataset": _builder,
    "snapshot_download": _hub_file,
    "hf_hub_download": _hub_file,
    "load": _tfds,
    "memmap": _tfds,
    "fetch_openml": _openml,
    "use_artifact": _artifact,
    "dataset_download": _kaggle,
    "open": _dvc,
    "read": _dvc,
    "get_url": _dvc,
    "loadtxt": _array,
    "genfromtxt": _array,
    "load_data": _package,
    **dict.fromkeys(
        ("read_csv", "read_parquet", "read_table", "read_excel", "read_feather", "read_json"),
        _frame,
    ),
    **dict.fromkeys(("read_orc", "scan_csv", "scan_parquet", "read_ndjson"), _frame),
    **dict.fromkeys(("read_sql", "read_sql_query", "read_sql_table", "read_gbq"), _store),
    **dict.fromkeys(
        ("load_iris", "load_digits", "load_wine", "load_breast_cancer", "load_diabetes"), _package
    ),
    **dict.fromkeys(
        ("fetch_california_housing", "fetch_20newsgroups", "fetch_covtype", "fetch_lfw_people"),
        _package,
    ),
}
KEYWORDS = {"download": _package}
