"""Calls that hand a model over to a registry or take it from one.

Each sighting tells its `act`: `put`, or `get` with the `name` that is asked for.
Sources: https://mlflow.org/docs/latest/ml/model-registry/,
https://docs.wandb.ai/guides/registry/
"""

from __future__ import annotations

from holdshort.checks.facts.sightings import Sighting, Site

TOPIC = "registering"

WORDS = (
    b"register_model",
    b"registered_model_name",
    b"models:/",
    b"link_model",
    b"create_registered_model",
    b"create_model_version",
    b"create_model_package",
)


def _put(site: Site) -> Sighting | None:
    return site.sighting(TOPIC, act="put", name="")


def _put_logged(site: Site) -> Sighting | None:
    named = site.argument("registered_model_name")
    return site.sighting(TOPIC, act="put", name=site.text(named)) if named is not None else None


def _get(site: Site) -> Sighting | None:
    name = site.text(site.node)
    if not name.startswith("models:/"):
        return None
    return site.sighting(TOPIC, "models:/", act="get", name=name)


CALLS = {
    "register_model": _put,
    "link_model": _put,
    "create_registered_model": _put,
    "create_model_version": _put,
    "create_model_package": _put,
}
KEYWORDS = {"registered_model_name": _put_logged}
STRINGS = ((("models:/",), _get),)
