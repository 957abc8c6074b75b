"""Calls that read an object back from bytes, and whether those bytes can run code.

Each sighting tells its `risk`: `code` (the format runs code, or a switch lets it), `copy` (only
what was pickled in the same expression), `joblib` (a pickle, often the project's own), `default`
(`torch.load` without `weights_only`), `full` (YAML's FullLoader), `unclear` (arguments nobody can
see), `none` (cannot run code) or `dump` (joblib writes such a file here).

Sources: https://docs.python.org/3/library/pickle.html,
https://docs.pytorch.org/docs/stable/generated/torch.load.html,
https://numpy.org/doc/stable/reference/generated/numpy.load.html,
https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation,
https://keras.io/api/models/model_saving_apis/model_saving_and_loading/,
https://huggingface.co/docs/transformers/custom_models,
https://joblib.readthedocs.io/en/stable/persistence.html
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from holdshort.checks.facts.sightings import Sighting, Site, text_of
from holdshort.checks.facts.words import words

TOPIC = "loading"

WORDS = (
    b"pickle",  # with read_pickle, allow_pickle, cPickle, cloudpickle, jsonpickle
    b"dill.",
    b"joblib",
    b"torch.load",
    b"weights_only",
    b"WEIGHTS_ONLY",
    b"yaml.",
    b"marshal",
    b"shelve.",
    b"safe_mode",
    b"trust_remote_code",
    b"_deserialization",
)

_PICKLES = words(
    "pickle _pickle cPickle pickle5 dill cloudpickle compress_pickle marshal"
    " pickle.Unpickler pickle._Unpickler _pickle.Unpickler cPickle.Unpickler dill.Unpickler"
    " six.moves.cPickle pandas.compat.pickle_compat"
)
_JOBLIBS = words("joblib sklearn.externals.joblib sklearn.utils.joblib joblib.numpy_pickle")
_TORCHES = words("torch torch.serialization")
_YAMLS = words("yaml ruamel.yaml ruamel_yaml oyaml")
_USUAL = {"np": "numpy"} | {
    name: name for name in ("pickle", "cPickle", "dill", "joblib", "torch", "numpy", "yaml")
}
_SAFE_LOADERS = words("SafeLoader CSafeLoader BaseLoader CBaseLoader RoundTripLoader")
_UNSAFE_LOADERS = words("Loader CLoader UnsafeLoader CUnsafeLoader")
_KERAS_LOADERS = re.compile(r"load_model|model_from_\w+|from_config|deserialize\w*|load_weights")


def _seen(site: Site, risk: str, why: str, what: str = "") -> Sighting:
    return site.sighting(TOPIC, what, risk=risk, why=why)


def _load(site: Site) -> Sighting | None:
    if site.target.startswith("?."):
        return _through_star(site)
    return _loaded(site)


def _through_star(site: Site) -> Sighting | None:
    """Look at `torch.load` in a file that binds no `torch`: only a star import can have."""
    func = site.call.func
    owner = func.value if isinstance(func, ast.Attribute) else None
    module = _USUAL.get(owner.id, "") if isinstance(owner, ast.Name) else ""
    if not module:
        return None
    seen = _loaded(replace(site, target=f"{module}.{site.target[2:]}"))
    if seen is None or seen.detail("risk") not in {"code", "joblib", "default"}:
        return seen
    return _seen(site, "unclear", f"{seen.detail('why')}; its import is not seen", seen.what)


def _loaded(site: Site) -> Sighting | None:
    module = site.target.rpartition(".")[0]
    if _is_pickle(module):
        return _pickled(site)
    if module in _JOBLIBS:
        return _seen(site, "joblib", "reads a pickle")
    if module in _TORCHES:
        return _torch(site)
    if module == "numpy":
        return _pickled(site) if site.target.endswith(".loads") else _numpy(site)
    if module in _YAMLS:
        return _yaml(site)
    if module.rpartition(".")[2].endswith("Unpickler"):
        return _seen(site, "unclear", "an unpickler of its own", "Unpickler.load")
    if module.startswith("safetensors") or module == "skops.io":
        return _seen(site, "none", "reads no code")
    return None


def _is_pickle(module: str) -> bool:
    return module in _PICKLES or module.endswith((".cloudpickle", ".dill"))


def _pickled(site: Site) -> Sighting:
    first = site.argument("", 0)
    if isinstance(first, ast.Call) and site.resolve(first.func).endswith(".dumps"):
        return _seen(site, "copy", "reads what was just pickled")
    return _seen(site, "code", "can run code from what it reads")


def _torch(site: Site) -> Sighting | None:
    module = site.argument("pickle_module", 2)
    if module is not None and site.source(module) != "None":
        return _seen(site, "code", "unpickles with a module of its own")
    only = site.argument("weights_only")
    if only is None and site.hides_arguments:
        return _seen(site, "unclear", "its arguments cannot be seen")
    value = "None" if only is None else site.source(only)
    if value == "None":
        return _seen(site, "default", "no weights_only")
    if value == "True":
        return _seen(site, "none", "weights_only=True")
    return None if value == "False" else _seen(site, "unclear", "weights_only is not a constant")


def _numpy(site: Site) -> Sighting | None:
    if any(keyword.arg == "allow_pickle" for keyword in site.call.keywords):
        return None
    given = site.argument("allow_pickle", 2)
    return _allow_pickle(site, "False" if given is None else site.source(given))


def _allow_pickle(site: Site, value: str) -> Sighting | None:
    if re.search(r"save|dump|write", site.target.rpartition(".")[2]):
        return None
    if value == "True":
        return _seen(site, "code", "allow_pickle=True")
    if value in {"False", "None"}:
        return _seen(site, "none", "reads no pickle")
    return _seen(site, "unclear", "allow_pickle is not a constant")


def _yaml(site: Site) -> Sighting:
    loader = site.argument("Loader", 1)
    if loader is None:
        if site.hides_arguments:
            return _seen(site, "unclear", "its arguments cannot be seen")
        return _seen(site, "code", "no Loader")
    name = site.resolve(loader).rpartition(".")[2]
    if name in _SAFE_LOADERS:
        return _seen(site, "none", name)
    if name in _UNSAFE_LOADERS:
        return _seen(site, "code", f"Loader={name}")
    if name in {"FullLoader", "CFullLoader"}:
        return _seen(site, "full", f"Loader={name}")
    return _seen(site, "unclear", "a Loader that cannot be seen from here")


def _yaml_named(site: Site) -> Sighting | None:
    module, _, name = site.target.rpartition(".")
    if module not in _YAMLS:
        return None
    if name.startswith("safe"):
        return _seen(site, "none", "SafeLoader")
    risk = "code" if name.startswith("unsafe") else "full"
    return _seen(site, risk, "UnsafeLoader" if risk == "code" else "FullLoader")


def _ruamel(site: Site) -> Sighting | None:
    kind = text_of(site.argument("typ", 0))
    return _seen(site, "code", "typ='unsafe'") if kind == "unsafe" else None


def _read_pickle(site: Site) -> Sighting | None:
    if site.target.startswith((":", ".")):
        return None
    return _seen(site, "code", "can run code from what it reads")


def _decode(site: Site) -> Sighting | None:
    return _read_pickle(site) if site.target == "jsonpickle.decode" else None


def _open(site: Site) -> Sighting | None:
    return _read_pickle(site) if site.target.startswith("shelve.") else None


def _safetensors(site: Site) -> Sighting | None:
    safe = site.target.startswith("safetensors.")
    return _seen(site, "none", "reads no code") if safe else None


def _dump(site: Site) -> Sighting | None:
    own = site.target.rpartition(".")[0] in _JOBLIBS
    return _seen(site, "dump", "writes a pickle") if own else None


def _enabled(site: Site) -> Sighting | None:
    return _seen(site, "code", "lets every model file run code") if "keras" in site.target else None


def _partial(site: Site) -> Sighting | None:
    """Look at a loader that gets some of its arguments now, as if it were called here."""
    first = site.argument("", 0)
    target = site.resolve(first) if first is not None else ""
    look = CALLS.get(target.rpartition(".")[2])
    if first is None or look is None or not site.target.startswith("functools."):
        return None
    call = ast.Call(first, site.call.args[1:], site.call.keywords)
    return look(replace(site, node=call, target=target))


def _named(site: Site) -> Sighting | None:
    """Look at a loader that is handed to something else."""
    around = site.around(site.node)
    outer = around[0] if around else None
    if isinstance(outer, ast.Call) and site.resolve(outer.func) == "functools.partial":
        return None
    module, _, name = site.target.rpartition(".")
    if _is_pickle(module) or name == "read_pickle":
        return _read_pickle(site)
    if module in _JOBLIBS:
        return _seen(site, "joblib", "reads a pickle")
    if module in _TORCHES:
        return _seen(site, "default", "no weights_only")
    if module in _YAMLS:
        return _yaml_named(site) if name != "load" else _seen(site, "unclear", "no Loader")
    return None


def _switch(site: Site, name: str, unsafe: str) -> Sighting | None:
    """Look at a switch, as an argument or stored: one value lets code run.

    One that is handed on to a function of the repository is looked at there.
    """
    value = _switched(site, name)
    what = site.target if site.target not in {"", "{}"} else name
    if value == unsafe:
        return _seen(site, "code", f"{name}={value}", what)
    if value in {"True", "False", "None"} or site.target.startswith((":", ".")):
        return None
    return _seen(site, "unclear", f"{name} is not a constant", what)


def _switched(site: Site, name: str) -> str:
    """Return the value of a switch: of the argument that is called so, else what is stored."""
    given = site.argument(name) if isinstance(site.node, ast.Call) else None
    return site.source(given if given is not None else site.node)


def _trust(site: Site) -> Sighting | None:
    return _switch(site, "trust_remote_code", "True")


def _weights_only(site: Site) -> Sighting | None:
    seen = _switch(site, "weights_only", "False")
    own = site.target.rpartition(".")[0] in _TORCHES
    return None if seen is None or (own and seen.detail("risk") != "code") else seen


def _pickle_allowed(site: Site) -> Sighting | None:
    return _allow_pickle(site, _switched(site, "allow_pickle"))


def _safe_mode(site: Site) -> Sighting | None:
    if _KERAS_LOADERS.fullmatch(site.target.rpartition(".")[2]):
        return _switch(site, "safe_mode", "False")
    return None


def _dangerous(site: Site) -> Sighting | None:
    return _switch(site, "allow_dangerous_deserialization", "True")


def _stored_trust(site: Site) -> Sighting | None:
    """Look at `{"trust_remote_code": True}` and `options["trust_remote_code"] = True`."""
    seen = _switch(site, "trust_remote_code", "True")
    return None if seen is None or (seen.detail("risk") != "code" and site.target != "{}") else seen


def _stored_weights(site: Site) -> Sighting | None:
    seen = _switch(site, "weights_only", "False")
    return None if seen is None or seen.detail("risk") != "code" else seen


def _forced(site: Site) -> Sighting | None:
    if not site.target.startswith("os.environ"):
        return None
    return _seen(site, "code", "lets every torch.load run code", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")


CALLS = {
    "load": _load,
    "loads": _load,
    "load_all": _load,
    "safe_load": _yaml_named,
    "safe_load_all": _yaml_named,
    "full_load": _yaml_named,
    "full_load_all": _yaml_named,
    "unsafe_load": _yaml_named,
    "unsafe_load_all": _yaml_named,
    "YAML": _ruamel,
    "read_pickle": _read_pickle,
    "read_gpickle": _read_pickle,
    "decode": _decode,
    "open": _open,
    "DbfilenameShelf": _open,
    "load_file": _safetensors,
    "load_model": _safetensors,
    "safe_open": _safetensors,
    "dump": _dump,
    "enable_unsafe_deserialization": _enabled,
    "partial": _partial,
}
KEYWORDS = {
    "trust_remote_code": _trust,
    "weights_only": _weights_only,
    "allow_pickle": _pickle_allowed,
    "safe_mode": _safe_mode,
    "allow_dangerous_deserialization": _dangerous,
}
REFERENCES = {
    "load": _named,
    "loads": _named,
    "read_pickle": _named,
    "full_load": _named,
    "unsafe_load": _named,
}
STORES = {
    "trust_remote_code": _stored_trust,
    "weights_only": _stored_weights,
    "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": _forced,
}
