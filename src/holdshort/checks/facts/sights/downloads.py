"""Calls that fetch data, weights or archives from the web, and whether a hash is given with them.

Each sighting tells `role`: `file` (always a download to a file), `fetch` (a request, which is a
download only where its scope writes the bytes), `read` (a table read from an address), `command`
(a shell command) or `library` (the library checks the hash itself); its `address` (`{}` for parts
nobody can tell, empty when it is no text); and `hash`: `given`, `none` or `unclear`.

Sources: https://docs.python.org/3/library/urllib.request.html,
https://docs.pytorch.org/docs/stable/hub.html, https://www.fatiando.org/pooch/latest/,
https://www.tensorflow.org/api_docs/python/tf/keras/utils/get_file,
https://docs.pytorch.org/vision/stable/datasets.html, https://github.com/wkentaro/gdown
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from holdshort.checks.facts.shell_downloads import downloads_in
from holdshort.checks.facts.shell_syntax import ShellCommand, shell_commands
from holdshort.checks.facts.sightings import Look, Sighting, Site
from holdshort.checks.facts.words import words

TOPIC = "downloads"

WORDS = (
    b"urlretrieve",
    b"urlopen(",
    b"_from_url",
    b"download_url",
    b"download_and_extract",
    b"wget",
    b"gdown",
    b"pooch",
    b"get_file(",
    b"requests.get(",
    b"curl ",
)

_SHELL = re.compile(r"os\.(system|popen)|subprocess\.\w+|\?\.(system|getoutput)")
_REQUESTS = re.compile(r"(requests(\.sessions)?(\.[Ss]ession)?|httpx(\.Client)?)\.get")
_KEEPERS = words("write write_bytes write_text copyfileobj ZipFile TarFile")
_FRAMES = ("pandas.", "polars.", "numpy.")


def _seen(site: Site, role: str, address: ast.expr | None, hashed: str) -> Sighting:
    text = site.text(address) if address is not None else ""
    return site.sighting(TOPIC, role=role, address=text, hash=hashed)


def _hash(site: Site, given: ast.expr | None) -> str:
    if given is None:
        return "unclear" if site.hides_arguments else "none"
    value = site.source(given)
    if value in {"None", "False"}:
        return "none"
    return "given" if value in {"const", "True"} else "unclear"


def _file(
    heads: tuple[str, ...],
    address: tuple[str, int],
    hashes: tuple[tuple[str, int], ...] = (),
) -> Look:
    """Return a look at a function of some modules which writes an address to a file."""

    def look(site: Site) -> Sighting | None:
        if not site.target.startswith(heads):
            return None
        given = [one for name, at in hashes if (one := site.argument(name, at)) is not None]
        hashed = "none" if not hashes else _hash(site, given[0] if given else None)
        return _seen(site, "file", site.argument(*address), hashed)

    return look


_TORCH = ("torch.", "torchvision.")
_retrieve = _file(("urllib.", "six.moves.urllib.", "future.moves.urllib."), ("url", 0))
_state = _file(_TORCH, ("url", 0), (("check_hash", 4),))
_to_file = _file(_TORCH, ("url", 0), (("hash_prefix", 2),))
_vision_url = _file(_TORCH, ("url", 0), (("md5", 3),))
_vision_archive = _file(_TORCH, ("url", 0), (("md5", 4),))
_vision_drive = _file(_TORCH, ("file_id", 0), (("md5", 3),))
_pooch = _file(("pooch.",), ("url", 0), (("known_hash", 1),))
_keras = _file(("keras.", "tensorflow."), ("origin", 1), (("file_hash", 4), ("md5_hash", 3)))
_basicsr = _file(("basicsr.", "facexlib.", "gfpgan."), ("url", 0))


def _download(site: Site) -> Sighting | None:
    if site.target == "wget.download":
        return _seen(site, "file", site.argument("url", 0), "none")
    if not site.target.startswith("gdown."):
        return None
    given = site.argument("md5") or site.argument("hash")
    seen = _seen(site, "file", site.argument("url", 0), _hash(site, given))
    if seen.detail("address"):
        return seen
    return site.sighting(TOPIC, role="file", address="https://drive.google.com/", hash="none")


def _request(site: Site) -> Sighting | None:
    if not _REQUESTS.fullmatch(site.target):
        return None
    return _seen(site, _role_of_request(site), site.argument("url", 0), "none")


def _role_of_request(site: Site) -> str:
    """Return `file` for a request that stands inside of what writes or unpacks its bytes."""
    calls = (one for one in site.around(site.node) if isinstance(one, ast.Call))
    names = (getattr(one.func, "attr", getattr(one.func, "id", "")) for one in calls)
    return "file" if any(name in _KEEPERS for name in names) else "fetch"


def _open(site: Site) -> Sighting | None:
    if not site.target.startswith(("urllib.", "urllib2.", "six.moves.urllib.")):
        return None
    address = site.argument("url", 0)
    if isinstance(address, ast.Call):
        address = next(iter(address.args), None)
    return _seen(site, _role_of_request(site), address, "none")


def _table(site: Site) -> Sighting | None:
    if not site.target.startswith(_FRAMES):
        return None
    first = site.argument("filepath_or_buffer", 0) or site.argument("path") or site.argument("io")
    text = site.text(first) if first is not None else ""
    return _seen(site, "read", first, "none") if re.match(r"(https?|ftp)://", text) else None


def _shell(site: Site) -> Sighting | None:
    if not _SHELL.fullmatch(site.target):
        return None
    first = site.argument("args", 0) or site.argument("command") or site.argument("cmd")
    found = downloads_in(_commands(site, first)) if first is not None else ()
    if not found:
        return None
    one = min(found, key=lambda download: download.is_checked)
    hashed = "given" if one.is_checked else "none"
    line = site.line + one.line - 1 if isinstance(first, ast.Constant) else site.line
    within = min(line, site.call.end_lineno or site.line)
    details = (("address", one.address), ("hash", hashed), ("role", "command"))
    return Sighting(TOPIC, one.tool, within, 0, site.scope, details)


def _commands(site: Site, given: ast.expr) -> tuple[ShellCommand, ...]:
    """Return the commands of a text, or the one of a list."""
    if isinstance(given, ast.List | ast.Tuple):
        words = tuple(site.text(one) or "$x" for one in given.elts)
        return (ShellCommand(words, 1, 1),)
    text = site.text(given).replace("{}", "$x")
    return shell_commands(text) if "wget" in text or "curl" in text or "gdown" in text else ()


def _library(heads: tuple[str, ...]) -> Callable[[Site], Sighting | None]:
    def look(site: Site) -> Sighting | None:
        return _seen(site, "library", None, "given") if site.target.startswith(heads) else None

    return look


def _with_download(site: Site) -> Sighting | None:
    """Look at `MNIST(root, download=True)`: torchvision and torchaudio know the hashes."""
    given = site.argument("download")
    wanted = given is not None and site.source(given) != "False"
    own = re.match(r"torch(vision|audio)\.datasets\.\w+$", site.target)
    return _seen(site, "library", None, "given") if wanted and own else None


_sklearn = _library(("sklearn.datasets.",))

CALLS = {
    "urlretrieve": _retrieve,
    "load_state_dict_from_url": _state,
    "load_url": _state,
    "download_url_to_file": _to_file,
    "download_url": _vision_url,
    "download_and_extract_archive": _vision_archive,
    "download_file_from_google_drive": _vision_drive,
    "retrieve": _pooch,
    "get_file": _keras,
    "load_file_from_url": _basicsr,
    "download": _download,
    "cached_download": _download,
    "download_folder": _download,
    "get": _request,
    "urlopen": _open,
    "read_csv": _table,
    "read_table": _table,
    "read_excel": _table,
    "read_json": _table,
    "read_parquet": _table,
    "read_feather": _table,
    "genfromtxt": _table,
    "loadtxt": _table,
    "system": _shell,
    "popen": _shell,
    "run": _shell,
    "call": _shell,
    "check_call": _shell,
    "check_output": _shell,
    "Popen": _shell,
    "getoutput": _shell,
    "getstatusoutput": _shell,
    "fetch_california_housing": _sklearn,
    "fetch_openml": _sklearn,
    "fetch_20newsgroups": _sklearn,
    "fetch_20newsgroups_vectorized": _sklearn,
    "fetch_olivetti_faces": _sklearn,
    "fetch_lfw_people": _sklearn,
    "fetch_covtype": _sklearn,
    "fetch_kddcup99": _sklearn,
    "load_data": _library(("keras.datasets.", "tensorflow.keras.datasets.")),
}
KEYWORDS = {"download": _with_download}
