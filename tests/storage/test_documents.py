"""From a loaded document to a model value: what fits, and where what does not stands."""

from __future__ import annotations

import pytest

from holdshort.errors import BadInputError, ExitCode, UndeterminedError
from holdshort.model.policy import SCHEMA, Policy
from holdshort.storage.documents import filled, read, validate
from holdshort.storage.yaml_load import load

POLICY = b"""\
schema: holdshort/policy/v1
project: churn
model: churn
people:
  ada: {name: Ada, principals: [ada@example.org]}
checklists:
- {id: team, version: '1', sha256: abc, profile: quick}
"""


def policy(*more: str) -> Policy:
    return validate(Policy, load(POLICY + "".join(more).encode(), "policy.yaml"))


def problem(*more: str) -> str:
    with pytest.raises(BadInputError) as caught:
        policy(*more)
    assert caught.value.exit_code is ExitCode.BAD_INPUT
    return caught.value.message


def test_a_document_becomes_a_value() -> None:
    read_one = read(Policy, POLICY, "policy.yaml", SCHEMA)

    assert read_one == policy()
    assert read_one.people["ada"].principals == ("ada@example.org",)


def test_texts_become_numbers_where_the_model_has_numbers() -> None:
    assert policy("blocks: {majors_unmet: 5}\n").blocks.majors_unmet == 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("bogus:\n  a: b\n", "policy.yaml:8:1: unknown key 'bogus'"),
        ("scope:\n  include: ['**']\n  only: [a]\n", "policy.yaml:10:3: unknown key 'scope.only'"),
        ("require: [{people: no}]\n", "policy.yaml:8:20: require.0.people: "),
        ("gate: no\n", "policy.yaml:8:7: gate: "),
        ("require: []\n", "policy.yaml:1:1: `require` must ask"),
        ("key_types: [ssh-dss]\n", "policy.yaml:8:13: unknown key type 'ssh-dss'"),
        ("waivers: text\n", "policy.yaml:8:10: waivers: "),
        ('scope: {"\\e[31m[str": a}\n', "policy.yaml:8:9: unknown key 'scope.^[[31m[str'"),
        ("scope: {str: a}\n", "policy.yaml:8:9: unknown key 'scope.str'"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(more: str, said: str) -> None:
    assert problem(more).startswith(said)


def test_a_missing_key_is_said_at_what_lacks_it() -> None:
    data = POLICY.replace(b"name: Ada, ", b"")
    with pytest.raises(BadInputError, match=r"^p:5:8: people\.ada\.name: Field required"):
        validate(Policy, load(data, "p"))


def test_extensions_are_ignored_beside_fields_at_every_level() -> None:
    data = POLICY.replace(b"name: Ada,", b"name: Ada, x-team: {any: [thing]},")

    assert validate(Policy, load(data + b"x-note: text\nx-other:\n", "p")) == policy()


def test_a_person_may_be_called_like_an_extension() -> None:
    data = POLICY.replace(b"  ada:", b"  x-men:")

    assert list(validate(Policy, load(data, "p")).people) == ["x-men"]


def test_an_extension_does_not_hide_another_fault() -> None:
    assert "gate" in problem("x-note: text\ngate: maybe\n")


def test_an_empty_key_line_counts_as_absent() -> None:
    assert policy("gate:\nrequire:\n- people: '2'\n  role:\n").require[0].role == "any"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (b"holdshort/policy/v2", "p:1:9: the schema 'holdshort/policy/v2' is not known"),
        (b"holdshort/policy/v10", "p:1:9: the schema 'holdshort/policy/v10' is not known"),
    ],
)
def test_a_newer_schema_is_undetermined_and_names_what_is_needed(schema: bytes, said: str) -> None:
    with pytest.raises(UndeterminedError) as caught:
        read(Policy, POLICY.replace(b"holdshort/policy/v1", schema), "p", SCHEMA)
    assert caught.value.message.startswith(said)
    assert schema.decode() in caught.value.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"schema: holdshort/review/v1\n", "p:1:9: expected `schema: holdshort/policy/v1`, found"),
        (b"schema: v1\n", "found 'v1'"),
        (b"schema:\n", "found none"),
        (b"schema: [a]\n", "found"),
        (b"", "p:1:1: expected `schema: holdshort/policy/v1`, found none"),
    ],
)
def test_another_kind_of_document_is_bad_input(line: bytes, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read(Policy, POLICY.replace(b"schema: holdshort/policy/v1\n", line), "p", SCHEMA)
    assert said in caught.value.message


def test_filled_keeps_what_is_there() -> None:
    value = {"a": {"b": ["c"]}}

    assert filled(load(b"a: {b: [c]}\n", "f")) == value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a:\n", "f:1:3: a: empty"),
        (b"a: ''\n", "f:1:4: a: empty"),
        (b"a: {b: []}\n", "f:1:8: a.b: empty"),
        (b"a:\n- b\n-\n", "f:3:2: a.1: empty"),
        (b"a: [{}]\n", "f:1:5: a.0: empty"),
    ],
)
def test_filled_refuses_what_is_empty(data: bytes, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        filled(load(data, "f"))
    assert caught.value.message.startswith(said)
