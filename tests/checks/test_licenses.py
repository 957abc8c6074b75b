"""Licences by their texts and by their names."""

from __future__ import annotations

import pytest

from holdshort.checks.facts.license_table import LICENSES, License, phrase_of
from holdshort.checks.facts.licenses import license_named, read_license

NAMES = {
    "Apache-2.0": ("Apache 2.0", "Apache License, Version 2.0", "apache-2.0", "Apache-2"),
    "MIT": ("MIT", "The MIT License (MIT)", "License :: OSI Approved :: MIT License"),
    "GPL-3.0": ("GPLv3", "GPL-3.0-only", "gpl-3", "GNU General Public License v3.0"),
    "GPL-2.0": ("GPLv2+", "GPL-2.0-or-later", "GNU GPL v2"),
    "LGPL-3.0": ("LGPLv3", "GNU Lesser General Public License v3 (LGPLv3)"),
    "LGPL-2.1": ("LGPL-2.1-or-later", "GNU Lesser General Public License v2.1"),
    "AGPL-3.0": ("AGPL-3.0", "GNU Affero General Public License v3 or later (AGPLv3+)"),
    "BSD-3-Clause": ("BSD-3-Clause", "3-Clause BSD License", "New BSD", "BSD 3-Clause"),
    "MPL-2.0": ("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"),
    "CC-BY-NC-4.0": ("cc-by-nc-4.0", "CC BY-NC 4.0"),
    "CC0-1.0": ("CC0-1.0", "cc0-1.0"),
    "OpenRAIL": ("openrail",),
    "Gemma": ("gemma",),
    "Llama community": ("llama3.1",),
}


@pytest.mark.parametrize(("id_", "name"), [(i, n) for i, names in NAMES.items() for n in names])
def test_a_licence_is_known_by_every_name_people_use(id_: str, name: str) -> None:
    found = license_named(name)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize("name", ["", "BSD", "GPL", "other", "unknown", "Proprietary", "MITRE"])
def test_a_name_that_says_too_little_is_no_licence(name: str) -> None:
    assert license_named(name) is None


def test_marks_are_in_the_form_they_are_compared_in() -> None:
    texts = [t for one in LICENSES for t in (*one.marks, *one.needs, *one.lacks, one.ends)]
    assert [text for text in texts if phrase_of(text) != text] == []


@pytest.mark.parametrize("known", LICENSES, ids=lambda one: one.id)
def test_the_marks_of_a_licence_tell_it_and_no_other(known: License) -> None:
    found = read_license(" ".join((*known.marks[:1], *known.needs, known.ends)))
    assert (found.id, found.whole) == (known.id, True)


def test_an_spdx_tag_names_and_is_no_text() -> None:
    found = read_license("SPDX-License-Identifier: BSD-3-Clause\n")
    assert (found.id, found.whole) == ("BSD-3-Clause", False)


def test_a_text_within_a_text_is_told_too() -> None:
    bsd = "Redistribution and use in source and binary forms, with or without modification, are"
    apache = "Apache License Version 2.0, January 2004 ... such warranty or additional liability"
    found = read_license(f"{bsd} permitted. possibility of such damage. Parts: {apache}")
    assert (found.id, found.others) == ("BSD-2-Clause", ("Apache-2.0",))
