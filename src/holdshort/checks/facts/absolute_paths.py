"""Paths that exist on one machine only, found in a text.

In: a text of code or one line of a settings file. Out: `Found` values in order: a home folder, a
drive of Windows, or a mount such as `/data`. What belongs to every system (`/tmp`, `/usr`, `/etc`,
`/dev/null`), URLs, relative paths and `~` are none; so are a name that only a program fills in and
a web page called `/home/index.html`.
Sources: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html,
https://learn.microsoft.com/en-us/dotnet/standard/io/file-path-formats
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from holdshort.checks.facts.words import words


class Where(StrEnum):
    """What kind of place a path names, the most personal first."""

    HOME = "home"  # /home/alice, /Users/alice, C:\Users\alice
    ACCOUNT = "account"  # the same with a placeholder, or the account of a common image
    DRIVE = "drive"  # D:\data
    MOUNT = "mount"  # /data, /mnt, /scratch, /kaggle


@dataclass(frozen=True, slots=True)
class Found:
    """One path.

    Attributes:
        text: the path, as far as it is one word.
        start: where it begins, in characters.
        is_leading: nothing but one word stands before it.
    """

    text: str
    where: Where
    start: int
    is_leading: bool


MAX_SEARCHED = 20_000
"""Characters of one text that are searched. Source: our own limit."""

MAX_FOUND = 100
"""Most paths of one text. Source: our own limit."""

_WORD = r"[^\s/\\\"'`,;:<>|{}$()*?\[\]]"
_START = r"(?:(?<![\w.~/$%@*?+)\]}>\\^-])|(?<=file://)|(?<=localhost)|(?<=sqlite:///))"
_ABSOLUTE = re.compile(
    _START + r"(?:"
    r"(?:/(?:export|private|mnt|data\d*|nfs\d*|gpfs|net|raid\d*|storage\d*|vol\d*|lustre|[a-z]))?"
    r"(?:/[a-z])?/(?:homes?\d*|Users)/(?P<home>" + _WORD + r"+)"
    r"|(?P<drive>[A-Za-z]):[\\/]{1,4}(?P<folder>"
    + _WORD
    + r"+)(?P<rest>[\\/]{1,4}"
    + _WORD
    + r"*)?"
    r"|/(?P<mount>(?:data|mnt|datasets?|raid|nas|hdd|ssd|nfs|gpfs|lustre|g?scratch)\d*|media"
    r"|Volumes|kaggle|dbfs|fsx|checkpoint|large_experiments|root|content/g?drive)"
    r"(?P<below>(?:/" + _WORD + r"+)?)(?![\w.-]|\{(?!\{))"
    r")"
)
_HINT = re.compile(
    r"/(?:home|Users|data|mnt|raid|nas|hdd|ssd|nfs|gpfs|lustre|g?scratch|media|Vol|kag|dbfs|fsx"
    r"|checkpoint|large_exp|root|content)|\b[A-Za-z]:[\\/]"
)
_TAIL = re.compile(r"[^\s\"'`,;<>|]*")
_PAGE = re.compile(r"\.(?:html?|php|js|css|svg|aspx?)$", re.IGNORECASE)

_ACCOUNTS = words(
    "jovyan runner vscode gitpod airflow circleci jenkins sagemaker-user appuser app docker node"
    " nonroot conda shared public default user username user_name your_name yourname your-name"
    " your_username name me you xxx xxxx foo someone somebody"
)
_ALONE = words("data mnt scratch datasets dataset")
_SYSTEM_FOLDERS = words("windows programdata temp tmp msys64 cygwin64") | {"program files"}


def may_name_a_place(text: str) -> bool:
    """Tell whether a text is worth a closer look; cheap."""
    return _HINT.search(text) is not None


def absolute_paths(text: str) -> Iterator[Found]:
    """Yield each path that names a place of one machine."""
    if not _HINT.search(text, 0, MAX_SEARCHED):
        return
    for match in islice(_ABSOLUTE.finditer(text, 0, MAX_SEARCHED), MAX_FOUND):
        where = _where(match)
        if where is not None:
            start = match.start()
            leading = not re.search(r"\S\s", text[:start])
            yield Found(_whole(text, match), where, start, leading)


def _where(match: re.Match[str]) -> Where | None:
    if name := match["home"]:
        return _home(name)
    if folder := match["folder"]:
        if folder.lower() == "users":
            below = (match["rest"] or "").strip("\\/")
            return _home(below) if below else None
        return _drive(match, folder)
    if not match["below"]:
        return Where.MOUNT if match["mount"] in _ALONE else None
    return Where.MOUNT


def _home(name: str) -> Where | None:
    name = name.rstrip(".")
    if _PAGE.search(name) or not any(letter.isalnum() for letter in name):
        return None
    return Where.ACCOUNT if name.lower() in _ACCOUNTS else Where.HOME


def _drive(match: re.Match[str], folder: str) -> Where | None:
    """Return a drive when two folders follow, or a file; `W:` in a sentence is none."""
    whole = bool((match["rest"] or "").strip("\\/")) or re.search(r"\w\.\w{2,5}$", folder)
    return Where.DRIVE if whole and folder.lower() not in _SYSTEM_FOLDERS else None


def _whole(text: str, match: re.Match[str]) -> str:
    tail = _TAIL.match(text, match.start())
    return (tail[0] if tail else match[0]).rstrip(".")
