"""Which licence a text is, names or changes.

In: the text of a licence file, or what metadata calls a licence. Out: `LicenseText` or an id.
A title alone is not the text; a known text with terms added is no known licence. Nothing here
says what a licence means for a use: that is a question to a person.
Sources: https://spdx.org/licenses/, https://creativecommons.org/share-your-work/cclicenses/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from holdshort.checks.facts.license_table import LICENSES, License, Terms, phrase_of
from holdshort.checks.facts.words import words

MAX_TEXT = 400_000
"""Characters of a licence file that are read. Source: our own limit; the GPL has 35 000."""

MAX_NAME = 100
"""Characters of a licence's name in metadata that are read. Source: our own limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseText:
    """What the text of one licence file says.

    Attributes:
        id: of SPDX, or the name of a licence that has none; empty when not recognised.
        terms: custom too when it is not recognised.
        whole: the text itself is there, not its name alone.
        others: ids of further licences whose text is in the same file.
        added: words that no version of the recognised text has, such as `non commercial`.
        unfilled: the blanks for year and holder of a template stand in it.
        empty: there is no word in it.
    """

    id: str = ""
    terms: Terms = Terms.CUSTOM
    whole: bool = False
    others: tuple[str, ...] = ()
    added: str = ""
    unfilled: bool = False
    empty: bool = False


def read_license(text: str) -> LicenseText:
    """Return what a licence file says."""
    text = text[:MAX_TEXT]
    phrase = phrase_of(text)
    if not phrase:
        return LicenseText(empty=True)
    found = _distinct(sorted(_present(phrase), key=lambda hit: (not hit.whole, hit.start)))
    named = _tagged(text) or _mentioned(phrase) or license_named(text[:MAX_NAME])
    if not found:
        return LicenseText(id=named.id, terms=named.terms) if named else LicenseText()
    chosen = next((hit for hit in found if hit.terms is Terms.CUSTOM), found[0])
    if chosen.notice and named and named.id != chosen.id:
        found, chosen = [*found, _Hit(named.id, named.terms, 0)], replace(chosen, whole=False)
    if not chosen.whole and named and chosen.terms is Terms.OPEN:
        chosen = replace(chosen, id=named.id, terms=named.terms)
    others = tuple(dict.fromkeys(hit.id for hit in found if hit.id != chosen.id))
    short = chosen.id in _SHORT and not others
    added = (_ADDED if short else _CHANGED).search(phrase)
    return LicenseText(
        id=chosen.id,
        terms=chosen.terms,
        whole=chosen.whole,
        others=others,
        added=added[0] if added and chosen.terms is Terms.OPEN else "",
        unfilled=short and _UNFILLED.search(text) is not None,
    )


def license_named(name: str) -> License | None:
    """Return the licence that metadata names by an SPDX id, a classifier or in words."""
    phrase = phrase_of(name.rpartition("::")[2][:MAX_NAME])
    return _BY_NAME.get(_bare(phrase)) or _creative_commons_named(phrase)


def same_license(one: str, other: str) -> bool:
    """Tell whether two ids name the same licence, whatever is said of later versions."""
    plain = [re.sub(r"-(only|or-later)$|\+$", "", id_).lower() for id_ in (one, other)]
    return plain[0] == plain[1]


@dataclass(frozen=True, slots=True)
class _Hit:
    id: str
    terms: Terms
    start: int
    whole: bool = False
    notice: bool = False


def _distinct(hits: list[_Hit]) -> list[_Hit]:
    """Return the hits without those that begin where another one does."""
    return list({hit.start: hit for hit in reversed(hits)}.values())[::-1]


def _present(phrase: str) -> Iterator[_Hit]:
    for known in LICENSES:
        start = min((at for mark in known.marks if (at := phrase.find(mark)) >= 0), default=-1)
        if start < 0 or any(lack in phrase for lack in known.lacks):
            continue
        if all(need in phrase for need in known.needs):
            yield _Hit(known.id, known.terms, start, whole=known.ends in phrase)
    yield from _creative_commons(phrase)


_CC = re.compile(
    r"(?:creativecommons org licenses|\bcc) by(?P<a>(?: (?:nc|nd|sa))*) (?P<v>[1-4]\.0)"
    r"|\battribution(?P<b>(?: (?:non ?commercial|share ?alike|no ?deriv(?:ative)?s))*)"
    r" (?P<w>[1-4]\.0)"
)
_CC_PARTS = (("nc", r"nc|non ?commercial"), ("nd", "nd|no ?deriv"), ("sa", "sa|share ?alike"))


def _creative_commons(phrase: str) -> Iterator[_Hit]:
    """Yield the Creative Commons licences named; a notice with the address is how they are used."""
    if "creative commons" in phrase or "creativecommons" in phrase or "cc by" in phrase:
        for found in _CC.finditer(phrase):
            parts = found["a"] or found["b"] or ""
            codes = [code for code, form in _CC_PARTS if re.search(rf"\b(?:{form})", parts)]
            id_ = "-".join(["CC-BY", *(code.upper() for code in codes), found["v"] or found["w"]])
            limited = "nc" in codes or "nd" in codes
            terms = Terms.RESTRICTED if limited else Terms.OPEN
            notice = "public license" not in phrase and "legal code" not in phrase
            yield _Hit(id_, terms, found.start(), whole=True, notice=notice)


def _creative_commons_named(phrase: str) -> License | None:
    hit = next(_creative_commons(phrase), None)
    return License(id=hit.id, marks=(), terms=hit.terms) if hit else None


def _tagged(text: str) -> License | None:
    """Return the licence of an SPDX tag. Source: https://spdx.dev/learn/handling-license-info/."""
    found = re.search(r"SPDX-License-Identifier:[ \t]*([\w.+-]{1,60})", text)
    return license_named(found[1]) if found else None


def _mentioned(phrase: str) -> License | None:
    """Return the licence whose full name stands first in a text that is not its own."""
    padded = f" {phrase} "
    names = ((padded.find(f" {name} "), n) for n, (name, _) in enumerate(_FULL_NAMES))
    at, number = min(((at, n) for at, n in names if at >= 0), default=(-1, 0))
    return _FULL_NAMES[number][1] if at >= 0 else None


def _bare(phrase: str) -> str:
    """Return a licence's name without the words that people add or leave out."""
    phrase = re.sub(r"\b(lesser |affero )?general public\b", r"\1gpl", phrase)
    phrase = phrase.replace("lesser gpl", "lgpl").replace("affero gpl", "agpl")
    phrase = re.sub(r"\b([al]?gpl|apache|mpl|epl) ?v?(?=\d)", r"\1 ", phrase)
    parts = (re.sub(r"^v?(\d)$", r"\1.0", part) for part in phrase.split())
    parts = (part.removeprefix("v") if part[1:2].isdigit() else part for part in parts)
    return " ".join(dict.fromkeys(part for part in parts if part not in _FILLERS))


_FILLERS = words("the license licence licensed software version v gnu or later only newer terms")
_FULL_NAMES = tuple((name, known) for known in LICENSES for name in known.names if " " in name)
_BY_NAME = {
    _bare(name): known for known in LICENSES for name in (phrase_of(known.id), *known.names)
}
_SHORT = frozenset({"MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause"})
_CHANGED = re.compile(
    r"\b(?:(?<!commercial or )non ?commercial(?! distribution and only)|commons clause"
    r"|modified (?:mit|apache)|research purposes only|not for commercial|monthly active users)\b"
)
_ADDED = re.compile(rf"{_CHANGED.pattern}|\bcommercial (?:use|purposes?|products?|licen[sc]e)\b")
_UNFILLED = re.compile(
    r"copyright\s+(?:\(c\)|©)?\s*(?:\[(?:year|yyyy|fullname)\]|<(?:year|copyright holder)s?>"
    r"|\{\{?\s*[\w. ]{1,40}\}\}?|YYYY|YEAR\b)",
    re.IGNORECASE,
)
