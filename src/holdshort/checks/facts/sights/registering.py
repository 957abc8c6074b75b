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


_HEADS = ("mlflow.", "azureml.", "azure.ai.", "sagemaker.", "wandb.", "hopsworks.", "comet_ml.")


def _put(site: Site) -> Sighting | None:
    """Look at a call whose name other libraries use for classes of models too."""
    return site.sighting(TOPIC, act="put", name="") if site.target.startswith(_HEADS) else None


def _put_by_client(site: Site) -> Sighting | None:
    """Look at a call that only the clients of registries have."""
    return site.sighting(TOPIC, act="put", name="") if site.target[:1] not in {":", "."} else None


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
    "link_model": _put_by_client,
    "create_registered_model": _put_by_client,
    "create_model_version": _put_by_client,
    "create_model_package": _put_by_client,
}
KEYWORDS = {"registered_model_name": _put_logged}
STRINGS = ((("models:/",), _get),)
