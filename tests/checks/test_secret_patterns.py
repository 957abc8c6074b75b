"""The cheap look before the search for credentials never says no where the search finds one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.checks.facts.secret_patterns import find_secrets, may_hold
from holdshort.model.finding import Finding, Outcome

Look = Callable[[Mapping[str, str], str], Finding]

DRAWN = "kT9x" + "Lq2Vb7Zn4Rw8Ys3M" + "pD6f"
names = ["api_key", "API-KEY", "Token", "secret", "pwd", "my_", "é", "x"]
signs = [": str =", " = ", "=>", ":=", ":", '"', "'", "\n", "  "]
values = [DRAWN, "gh" + "p_" + "Zq7Lm2Xc9" * 4, "https://", "user:", "@host"]
pieces = st.sampled_from([*names, *signs, *values])


@given(st.lists(pieces, max_size=12).map("".join))
def test_the_cheap_look_lets_every_finding_through(text: str) -> None:
    if list(find_secrets(text, assignments=True, bare=False)):
        assert may_hold(text.encode())


@pytest.mark.parametrize(
    "text",
    [f'api_key = "{DRAWN}"', f"API_KEY: str = '{DRAWN}'", f'{{"token":\n "{DRAWN}"}}'],
)
def test_an_assigned_value_is_looked_at(text: str) -> None:
    assert list(find_secrets(text, assignments=True, bare=False))
    assert may_hold(text.encode())


@pytest.mark.parametrize(
    "text", ["tokenizer.pad_token", "next_token(x)", "see https://a.example/b:c"]
)
def test_ordinary_code_is_passed_over(text: str) -> None:
    assert not may_hold(text.encode())


def test_a_large_table_is_searched(look: Look) -> None:
    rows = "1,2,3\n" * 600_000
    assert look({"data.csv": rows}, "secrets-absent").outcome is Outcome.PASS
    token = "gh" + "p_" + "Zq7Lm2Xc9" * 4
    assert look({"data.csv": rows + token}, "secrets-absent").outcome is Outcome.FAIL


def test_a_text_too_large_to_read_leaves_it_unknown(look: Look) -> None:
    finding = look({"a.py": "x = 1\n", "data.csv": "1" * 10_000_001}, "secrets-absent")
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.coverage.errors == ("data.csv: too large",)
