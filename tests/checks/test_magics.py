"""What IPython adds to Python, taken out of a cell."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.checks.facts.magics import python_of
from holdshort.model.finding import Finding, Outcome

Look = Callable[[Mapping[str, str | bytes], str], Finding]

CELLS = {
    "a line magic": ("%matplotlib inline\nx = 1", "{line}('matplotlib', 'inline')\nx = 1"),
    "a shell command over lines": ("!pip install \\\n  x\ny", "{shell}('pip install    x')\n\ny"),
    "an apostrophe in a command": ("!echo it's (fine\nx", '{shell}("echo it\'s (fine")\nx'),
    "help before and after": ("?print\ndf.head??\nx = 1", "pass\npass\nx = 1"),
    "in a block": (
        "for n in y:\n    !ls {n}\n    f(n)",
        "for n in y:\n    {shell}('ls {n}')\n    f(n)",
    ),
    "an assignment from a command": ("a = !ls", "a = get_ipython().getoutput('ls')"),
    "an assignment from a magic": (
        "b, c['x'] = %sql SELECT 1",
        "b, c['x'] = {line}('sql', 'SELECT 1')",
    ),
    "a remainder in brackets": ("x = (a\n%b)\n!ls", "x = (a\n%b)\n{shell}('ls')"),
    "a string over lines": (
        "x = '''\n!ls\n%time\n'''\n!ls",
        "x = '''\n!ls\n%time\n'''\n{shell}('ls')",
    ),
    "a comment": ("# it's !fine\n%cd x\n", "# it's !fine\n{line}('cd', 'x')\n"),
    "what is measured": ("%time x = f(1)\n%timeit -n 10 -r3 g(x)", "x = f(1)\ng(x)"),
    "what is measured over lines": ("%timeit f(1,\n  2)\nx = 1", "f(1,\n  2)\nx = 1"),
    "what is measured and no Python": ("%time !ls\nx = 1", "pass\nx = 1"),
    "another file": (
        "%run ../lib/seeds.py --n 1\n%run x.ipynb",
        "{from}lib.seeds{all}\n{from}x{all}",
    ),
    "another file whose name is no module": ("%run 01-a.ipynb", "{line}('run', '01-a.ipynb')"),
    "commands without a sign": (
        "pip install x\nls -l x.txt",
        "{line}('pip', 'install x')\n{line}('ls', '-l x.txt')",
    ),
    "names of commands as names": ("ls = 1\nls - l\ncat in ls", "ls = 1\nls - l\ncat in ls"),
    "a margin": ("  with a:\n    b\n  c", "with a:\n  b\nc"),
    "cell magics in a row": ("%%time\n%%capture out\nx = 1", "\n\nx = 1"),
    "a shell cell": (
        "%%bash\n# all\ncurl \\\n  x\nls",
        "pass\n\n{shell}('curl    x')\n\n{shell}('ls')",
    ),
    "another language": ("%%html\n<b>", ""),
    "a file to write": ("%%writefile train.py\nimport torch", ""),
    "plain Python": ("x = a % b if c != d else f'{e!r}'", "x = a % b if c != d else f'{e!r}'"),
}
SPELT_OUT = {
    "{line}": "get_ipython().run_line_magic",
    "{shell}": "get_ipython().system",
    "{from}": "from ",
    "{all}": " import *",
}


@pytest.mark.parametrize("name", CELLS)
def test_magics_are_taken_out(name: str) -> None:
    source, expected = CELLS[name]
    python = python_of(source)
    for short, long in SPELT_OUT.items():
        expected = expected.replace(short, long)
    assert python == expected
    ast.parse(python)


PIECES = st.sampled_from(
    [
        "%time ",
        "%%time\n",
        "%run a",
        "!ls",
        "x = ",
        "?",
        "(",
        ")",
        "'''",
        '"',
        "\\",
        "\n",
        "  ",
        "# ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_line_moves(source: str) -> None:
    assert python_of(source).count("\n") <= source.count("\n")


@given(st.lists(PIECES, max_size=20).map("".join))
def test_a_statement_below_stays_on_its_line(source: str) -> None:
    python = python_of("x = 1\n" + source + "\n")
    assert python.startswith("x = 1\n")
    assert python == "" or python.count("\n") == source.count("\n") + 2


def notebook(*sources: str, **metadata: object) -> str:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4})


def test_a_seed_in_a_notebook_that_is_run_counts(look: Look) -> None:
    use = "%run ./setup.ipynb\nimport torch\nx = torch.rand(3)"
    files = {
        "setup.ipynb": notebook("import torch\ntorch.manual_seed(1)"),
        "a.ipynb": notebook(use),
    }
    assert look(files, "seeds-set").outcome is Outcome.PASS
    assert look({"a.ipynb": notebook(use)}, "seeds-set").outcome is Outcome.FAIL


def test_a_file_that_is_only_written_is_not_run(look: Look) -> None:
    seeded = notebook("%%writefile seeds.py\nimport torch\ntorch.manual_seed(1)", "x = 1")
    files = {"a.ipynb": seeded, "b.py": "import torch\ntorch.rand(3)\n"}
    assert look(files, "seeds-set").outcome is Outcome.FAIL


def test_a_seed_that_a_command_draws_is_no_constant(look: Look) -> None:
    drawn = notebook("import torch\nseed = !date +%s\ntorch.manual_seed(seed)\ntorch.rand(3)")
    assert look({"a.ipynb": drawn}, "seeds-set").outcome is not Outcome.PASS


def test_measured_code_is_code(look: Look) -> None:
    finding = look({"a.ipynb": notebook("import torch", "%time x = torch.rand(3)")}, "seeds-set")
    assert [p.where for p in finding.evidence] == ["a.ipynb cell 2:1"]


def test_cells_of_another_language_are_not_read_as_python(look: Look) -> None:
    r = notebook("import numpy\nnumpy.random.rand()", kernelspec={"language": "R", "name": "ir"})
    shell = '{"cells": [{"cell_type": "code", "source": "a = 1\\nls -l", "metadata": %s}]}'
    files = {"a.ipynb": r, "b.ipynb": shell % '{"vscode": {"languageId": "shellscript"}}'}
    finding = look(files, "seeds-set")
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.coverage.errors == ()
