"""Web addresses from which data, weights or archives come, told apart from everything else.

In: an address as a program writes it, `{}` or `$NAME` for parts nobody can tell. Out: `Transport`,
and whether it looks like an artefact by its name. Nothing is resolved or fetched.
Source: https://www.rfc-editor.org/rfc/rfc3986
"""

from __future__ import annotations

import re
from enum import StrEnum

from holdshort.checks.facts.words import words


class Transport(StrEnum):
    """How the bytes travel."""

    SECURE = "https"
    PLAIN = "http"
    UNCLEAR = "unclear"
    LOCAL = "local"


_SCHEME = re.compile(r"\s*(https?|ftp|sftp|s3|gs)://([^/?#\s]*)", re.IGNORECASE)
_LOCAL = re.compile(r"(.*@)?(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])(:\S*)?$")
_UNKNOWN_HOST = re.compile(r"[{$%<]|^$")
_ARTEFACT = re.compile(
    r"\.(zip|tar|tgz|tbz2?|gz|bz2|xz|7z|rar|zst|pt|pth|ckpt|bin|safetensors|onnx|h5|hdf5|pb|tflite"
    r"|keras|pkl|pickle|joblib|npy|npz|mat|csv|tsv|parquet|feather|arrow|jsonl|data|caffemodel"
    r"|weights|gguf|model|vec|t7|dat|arff|libsvm)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\.(sh|deb|rpm|asc|gpg|key|pub|list|repo|run|py|pem|crt|html?|php|png|jpe?g|gif|svg|css|js|md"
    r"|exe|msi|dmg|appimage|whl|jar)$|(^|/)(get-pip|install|setup|rustup|nvm|simple)[\w.-]*$",
    re.IGNORECASE,
)
_PAGES = words("api graphql oauth token login health predict")


def transport_of(address: str) -> Transport:
    """Return how an address is reached; `unclear` where its scheme or its host is a variable."""
    found = _SCHEME.match(address)
    if found is None:
        return Transport.UNCLEAR
    scheme, host = found[1].lower(), found[2]
    if _LOCAL.match(host):
        return Transport.LOCAL
    if scheme not in {"http", "ftp"}:
        return Transport.SECURE
    return Transport.UNCLEAR if _UNKNOWN_HOST.search(host) or "." not in host else Transport.PLAIN


def is_artefact(address: str) -> bool:
    """Tell whether an address ends like data, weights or an archive."""
    return _ARTEFACT.search(_path(address)) is not None


def is_aside(address: str) -> bool:
    """Tell whether an address ends like an installer, a key, a page or a picture."""
    path = _path(address)
    return _ASIDE.search(path) is not None or not _PAGES.isdisjoint(path.lower().split("/"))


def _path(address: str) -> str:
    return re.split(r"[?#]", address.strip(), maxsplit=1)[0].rstrip("/")
