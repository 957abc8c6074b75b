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

MAX_NAME = 60
"""Longest name of a value that is looked at, in characters. Source: our own limit."""

MIN_ENTROPY_BITS = 3.2
"""Entropy per character from which an assigned text looks drawn. Source: our own choice."""

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
    ("GitHub token", "ghp_", r"\bghp_[A-Za-z0-9]{30,255}\b"),
    ("GitHub token", "gho_", r"\bgho_[A-Za-z0-9]{30,255}\b"),
    ("GitHub token", "ghs_", r"\bghs_[A-Za-z0-9]{30,255}\b"),
    ("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
    ("GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("AWS access key", "AKIA", r"\bAKIA[A-Z2-7]{16}\b"),
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
_HINTS = words(
    "passw passphrase pwd secret token credential api_key api-key apikey access_key accesskey"
    " access-key auth_key authkey private_key privatekey"
)
_ASSIGNED = re.compile(
    r"""(?P<name>[\w-]{3,60})["']?\s{0,5}(?::\s{0,3}(?:str\s{0,2}=)?|=>?|:=)\s{0,5}"""
    r"""(?P<quote>["'])(?P<value>[^"'\n]{8,200})(?P=quote)"""
)
_IDENTIFIER_END = re.compile(r"[\w.-]{1,60}\Z")
_BARE = re.compile(
    rf"^[ \t]*(?:export\s+|ENV\s+|ARG\s+)?(?P<name>[\w.-]{{0,60}}{_NAME}[\w-]{{0,40}})"
    r"""[ \t]{0,5}(?:=|:[ ]|[ ](?=\S+$))[ \t]{0,5}["']?(?P<value>[^\s"'#]{8,200})["']?[ \t]*$""",
    re.IGNORECASE | re.MULTILINE,
)
_LOGIN = re.compile(r"://([^\s/:@'\"]{1,100}):([^\s/@'\"]{3,200})@[\w.-]+")

_TOKEN_BYTES = tuple(dict.fromkeys(hint.encode() for _, hint, _ in _TOKENS))
_LOGIN_BYTES = re.compile(rb"://[^\s/:@'\"]{1,400}:[^\s/@'\"]{3,800}@")
_ASSIGNING_BYTES = (
    rb"""[^\s"'=:]{0,240}["']?\s{0,5}(?::\s{0,3}(?:str\s{0,2}=)?|=>?|:=)\s{0,5}["']"""
)
_ASSIGNED_BYTES = tuple(
    (word.encode(), re.compile(re.escape(word).encode() + _ASSIGNING_BYTES))
    for word in sorted(_HINTS)
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
    r"|pattern|label|column|class|index|_ids|expiry|expires|ttl|algorithm|prefix|suffix|env|var|hash|digest))$"
    r"|^hashed_"
    r"|^(?:pad|eos|bos|unk|sep|cls|mask|special|next|stop|start|end|num|max|min|n)_?tokens?|tokeni[sz]",
    re.IGNORECASE,
)


def may_hold(data: bytes) -> bool:
    """Tell whether `find_secrets` could find anything but a bare value in these bytes.

    Far cheaper than decoding and searching them; never says no where there is something.
    """
    if any(hint in data for hint in _TOKEN_BYTES) or _LOGIN_BYTES.search(data):
        return True
    lowered = data.lower()
    return any(word in lowered and one.search(lowered) for word, one in _ASSIGNED_BYTES)


def find_secrets(text: str, *, assignments: bool, bare: bool) -> Iterator[Secret]:
    """Yield each line that looks like a credential, once, in line order.

    Args:
        text: the file.
        assignments: also judge values assigned to names such as `password`.
        bare: also where values need no quotes (`.env`, INI, YAML, shell).
    """
    found: dict[int, Secret] = {}
    for at, what, certain in _matches(text, assignments=assignments, bare=bare):
        line = text.count("\n", 0, at) + 1
        if line not in found or (certain and not found[line].certain):
            found[line] = Secret(line, what, certain)
    yield from (found[line] for line in sorted(found))


def _matches(text: str, *, assignments: bool, bare: bool) -> Iterator[tuple[int, str, bool]]:
    """Yield where each credential starts; plain searches first, because they are far cheaper."""
    for what, hint, pattern in _COMPILED:
        if hint in text:
            hits = (m for m in pattern.finditer(text) if not _is_fake(m.group()))
            yield from ((m.start(), what, True) for m in hits)
    at = text.find("://")
    while at >= 0:
        login = _LOGIN.match(text, at)
        if login and _is_login(*login.groups()):
            yield at, "password in an address", True
        at = text.find("://", at + 3)
    if assignments:
        yield from _quoted(text)
        yield from _unquoted(text) if bare else ()


def _quoted(text: str) -> Iterator[tuple[int, str, bool]]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow; positions would no longer agree
        lowered = text
    for word in sorted(_HINTS):
        at = lowered.find(word)
        while at >= 0:
            if found := _ASSIGNED.match(text, at):
                start = _IDENTIFIER_END.search(text, max(0, at - MAX_NAME), at)
                name = (start.group() if start else "") + found["name"]
                certain = _looks_drawn(name, found["value"])
                if certain is not None:
                    yield at, f"{_kind(name)} value", certain
            at = lowered.find(word, at + 1)


def _unquoted(text: str) -> Iterator[tuple[int, str, bool]]:
    for found in _BARE.finditer(text):
        certain = _looks_drawn(found["name"], found["value"])
        if certain is not None:
            yield found.start("name"), f"{_kind(found['name'])} value", certain


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
    if _UUID.search(value) or (value.startswith("sk-") and not re.search(r"\d", value)):
        return True  # the name of an element: scikit-learn draws its estimators with `sk-<uuid>`
    if re.search(r"EXAMPLE|example|XXXX|xxxx|\*\*\*|0{8}|1234567890$|your", value):
        return True
    return len(set(body)) < _FEW_CHARACTERS and not value.startswith("-----")


_FEW_CHARACTERS = 6
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def _is_login(user: str, password: str) -> bool:
    if _REFERENCE.search(password) or _REFERENCE.search(user) or password.startswith(("$", "%")):
        return False
    if re.fullmatch(r"[A-Z]+(?:_[A-Z]+)*", password) and re.fullmatch(r"[A-Z_]+", user):
        return False  # names of what to put there: DB_USER:DB_PASSWORD
    same = password.lower() in {user.lower(), "password", "postgres", "root", "guest", "pass", "pw"}
    return not same and _PLACEHOLDER.search(password) is None


def _entropy_bits(value: str) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
