"""Texts that look like credentials, and the reasons why most of them are none.

In: the text of one file. Out: `Secret` values with the line and the kind; never the value itself,
in no message and no fact. A provider's token has a shape nobody types by chance; a password is
judged by where it stands and how it looks. Sources: the published token formats of GitHub, GitLab,
Slack, Stripe, Google, AWS, Hugging Face, OpenAI, Anthropic, PyPI and npm.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.facts.words import words

MAX_LINE = 20_000
"""Longest line scanned, in characters; longer ones are data. Source: our own limit."""

MIN_ENTROPY_BITS = 3.2
"""Entropy per character from which an assigned text looks drawn. Source: measured on our corpus."""

_MIN_SECRET = 8
_MIN_KEY = 20


@dataclass(frozen=True, slots=True)
class Secret:
    """A place that looks like a credential.

    Attributes:
        what: the kind, such as `GitHub token`.
        certain: whether its shape leaves little doubt.
    """

    line: int
    what: str
    certain: bool


_TOKENS: tuple[tuple[str, str, str], ...] = (
    ("GitHub token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{30,255}\b"),
    ("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
    ("GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("Hugging Face token", "hf_", r"\bhf_[A-Za-z]{30,}\b"),
    ("AWS access key", "AKIA", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("AWS access key", "ASIA", r"\bASIA[A-Z2-7]{16}\b"),
    ("Google API key", "AIza", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("Slack token", "xox", r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    ("Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/services/T\w+/B\w+/\w{20,}"),
    ("Stripe key", "_live_", r"\b[sr]k_live_[A-Za-z0-9]{20,}"),
    ("Anthropic key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{30,}"),
    ("OpenAI key", "sk-", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    ("PyPI token", "pypi-", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    ("JSON web token", "eyJ", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    ("Azure storage key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
)
_COMPILED = tuple((what, hint, re.compile(pattern)) for what, hint, pattern in _TOKENS)

_NAME = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key"
    r"|credential|private[_-]?key)"
)
_NAMED = rf"(?P<name>[\w.-]{{0,60}}{_NAME}[\w-]{{0,40}})"
_ASSIGNED = re.compile(
    _NAMED + r"""["']?\s{0,5}(?::\s{0,3}(?:str\s{0,2}=)?|=>?|:=)\s{0,5}"""
    r"""(?P<quote>["'])(?P<value>[^"'\n]{8,200})(?P=quote)""",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(?:export\s+|ENV\s+|ARG\s+)?" + _NAMED + r"\s{0,5}(?:=|:\s|\s(?=\S+$))\s{0,5}"
    r"""["']?(?P<value>[^\s"'#]{8,200})["']?\s*$""",
    re.IGNORECASE,
)
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://([^\s/:@'\"]{1,100}):([^\s/@'\"]{3,200})@[\w.-]+", re.IGNORECASE
)

_WORDS = words(
    "password secret token passw access api_key api-key apikey word name here value default public"
    " required missing invalid wrong field error header login user username email prefix"
)
_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|change.?me|your|dummy|fake|mock|test|todo|xxx|\*\*\*|\.\.\.|<|>"
    r"|none|null|redacted|replace|insert|fixme|not.?(?:a|the|real)|abc123|123abc|1234567|foobar|lorem"
    r"|hunter2|s3cr3t$|^secret|^password|admin|default|undefined|^n/?a$|n0t|foo|bar\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\$\{|\$\(|\{\{|^\$|^%\(|%s|^\{.*\}$|os\.environ|getenv|secrets\.|vault:|^env[:.]"
)
_WEAK_NAMES = re.compile(
    r"(?:_?(?:id|name|type|url|uri|path|file|length|len|size|limit|max|min|count|field|header|regex"
    r"|pattern|label|column|class|index|_ids|expiry|expires|ttl|algorithm|prefix|suffix|env|var))$"
    r"|^(?:pad|eos|bos|unk|sep|cls|mask|special|next|stop|start|end|num|max|min|n)_?tokens?|tokeni[sz]",
    re.IGNORECASE,
)


def find_secrets(text: str, *, assignments: bool, bare: bool) -> Iterator[Secret]:
    """Yield each line that looks like a credential, once, most certain kind first.

    Args:
        text: the file.
        assignments: also judge values assigned to names such as `password`.
        bare: also where values need no quotes (`.env`, INI, YAML, shell).
    """
    lowered = text.lower()
    shapes = [row for row in _COMPILED if row[1].lower() in lowered]
    named = assignments and any(word in lowered for word in _HINTS)
    urls = "://" in text and "@" in text
    if not shapes and not named and not urls:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) <= MAX_LINE:
            found = _in_line(line, shapes, named=named, bare=bare, urls=urls)
            if found:
                yield Secret(number, found[0], found[1])


_HINTS = ("pass", "pwd", "secret", "token", "key", "credential")


def _in_line(
    line: str,
    shapes: list[tuple[str, str, re.Pattern[str]]],
    *,
    named: bool,
    bare: bool,
    urls: bool,
) -> tuple[str, bool] | None:
    for what, hint, pattern in shapes:
        if hint in line and any(not _is_fake(m.group()) for m in pattern.finditer(line)):
            return what, True
    if urls and "@" in line and any(_is_login(*m.groups()) for m in _URL.finditer(line)):
        return "password in an address", True
    if named:
        return _assigned(line, bare=bare)
    return None


def _assigned(line: str, *, bare: bool) -> tuple[str, bool] | None:
    lowered = line.lower()
    if not any(word in lowered for word in _HINTS):
        return None
    matches = [*_ASSIGNED.finditer(line)]
    if bare and not matches:
        matches = [m for m in [_BARE.match(line)] if m]
    for found in matches:
        certain = _looks_drawn(found["name"], found["value"])
        if certain is not None:
            return f"{_kind(found['name'])} value", certain
    return None


def _kind(name: str) -> str:
    found = re.search(_NAME, name, re.IGNORECASE)
    return found.group().lower() if found else "secret"


def _looks_drawn(name: str, value: str) -> bool | None:
    """Return whether an assigned value is a credential, None when it is not."""
    if _WEAK_NAMES.search(name) or _REFERENCE.search(value) or _PLACEHOLDER.search(value):
        return None
    if len(value) < _MIN_SECRET or " " in value or value.startswith(("http", "/", "./", "~", "--")):
        return None
    if _is_wordy(value):
        return None
    digits, letters = re.search(r"\d", value), re.search(r"[A-Za-z]", value)
    if not digits or not letters:
        return None
    if len(value) >= _MIN_KEY and _entropy_bits(value) >= MIN_ENTROPY_BITS:
        return True
    return False if _entropy_bits(value) >= _WEAK_ENTROPY_BITS else None


_WEAK_ENTROPY_BITS = 2.8


def _is_wordy(value: str) -> bool:
    """Tell whether a value is made of words: names, constants, dotted paths, sentences."""
    if re.fullmatch(r"[A-Za-z_.\-\[\]():/]+", value):
        return True
    parts = [part for part in re.split(r"[^A-Za-z]+", value) if part]
    return bool(parts) and all(part.lower() in _WORDS for part in parts)


def _is_fake(value: str) -> bool:
    body = re.sub(r"^[a-z]{2,6}[_-]", "", value)
    if re.search(r"EXAMPLE|example|XXXX|xxxx|\*\*\*|0{8}|1234567890$|your", value):
        return True
    return len(set(body)) < _FEW_CHARACTERS and not value.startswith("-----")


_FEW_CHARACTERS = 6


def _is_login(user: str, password: str) -> bool:
    if _REFERENCE.search(password) or _REFERENCE.search(user) or password.startswith(("$", "%")):
        return False
    same = password.lower() in {user.lower(), "password", "postgres", "root", "guest", "pass", "pw"}
    return not same and _PLACEHOLDER.search(password) is None


def _entropy_bits(value: str) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
