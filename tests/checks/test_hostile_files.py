"""Files built to exhaust a reader: each ends as a finding, never as a crash or a hang."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from holdshort.checks.base import run
from holdshort.model.finding import Outcome

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
)

HOSTILE: dict[str, dict[str, str | bytes]] = {
    "unary minuses": {"a.py": "import random\nx = " + "-" * 100_000 + "1"},
    "unary minuses apart": {"a.py": "import random\nx = " + "- " * 100_000 + "1"},
    "not not not": {"a.py": "import random\nx = " + "not " * 100_000 + "1"},
    "parentheses": {"a.py": "import random\nx = " + "(" * 100_000 + ")" * 100_000},
    "a long sum": {"a.py": "import random\nx = " + "1+" * 100_000 + "1"},
    "a long chain": {"a.py": "import random\nx = a" + ".b" * 200_000},
    "calls of calls": {"a.py": "import random\nx = a" + "()" * 100_000},
    "comparisons": {"a.py": "import random\nx = " + "a<" * 100_000 + "1"},
    "lambdas": {"a.py": "import random\nx = " + "lambda:" * 100_000 + "1"},
    "elif after elif": {"a.py": "import random\nif a: pass\n" + "elif b: pass\n" * 20_000},
    "a number without end": {"a.py": "import random\nx = " + "9" * 1_000_000},
    "zero bytes": {"a.py": b"import random\n\0", "b.ipynb": b"\0" * 10_000},
    "strange encodings": {"a.py": "# coding: rot13\nimport random", "b.py": "# coding: nothing\n"},
    "twenty megabytes": {"a.py": b"x" * 20_000_000, "b.csv": b"x" * 20_000_000},
    "a notebook of brackets": {"a.ipynb": b"[" * 1_000_000},
    "a notebook of anything": {
        "a.ipynb": '{"cells": [1, null, {"cell_type": "code", "source": 5}], "metadata": 5}',
        "b.ipynb": '{"worksheets": [1]}',
    },
    "TOML keys": {"Pipfile": "a" + ".a" * 200_000 + " = 1", "pyproject.toml": "[" * 100_000},
    "TOML of other types": {
        "pyproject.toml": "project = 1\ntool = 2\n",
        "Pipfile": "packages = 3",
        "poetry.lock": "package = 3\nmetadata = 4",
        "Pipfile.lock": "[]",
        "uv.lock": "package = [1]",
    },
    "YAML bomb": {".gitlab-ci.yml": BOMB, "environment.yml": "dependencies:\n - " + BOMB[:9]},
    "YAML of brackets": {".github/workflows/a.yml": "[" * 100_000},
    "YAML that names itself": {".circleci/config.yml": "a: &a\n  script: *a\n  b: [*a]\n"},
    "INI of errors": {"setup.cfg": "[options]\n" + " a\n" * 300_000, "tox.ini": "[" * 100_000},
    "requirements without end": {
        "requirements.txt": "\\\n" * 400_000,
        "r/requirements.txt": "a\n" * 99_999,
    },
    "requirements that include each other": {
        f"requirements/{n}.txt": "".join(f"-r {m}.txt\n-c {m}.txt\n" for m in range(90))
        for n in range(90)
    },
    "a setup.py that doubles its list": {
        "setup.py": "from setuptools import setup\na0 = ['x']\n"
        + "".join(f"a{n + 1} = a{n} + a{n} + a{n}\n" for n in range(60))
        + "setup(install_requires=a60)\n"
    },
    "groups and sources without end": {
        "pyproject.toml": "[dependency-groups]\n"
        + "".join(f"g{n} = [{{include-group = 'g{n + 1}'}}, 'a']\n" for n in range(3000))
        + "[tool.uv.sources]\n"
        + "".join(f"s{n} = [{{git = '{'@' * 50}'}}]\n" for n in range(3000))
    },
    "locks of other types": {
        "pyproject.toml": "[project]\nname = 'x'\ndependencies = ['a']",
        "uv.lock": "[[package]]\nname = 1\nsource = {editable = '.'}\nmetadata = 3",
        "pdm.lock": "metadata = 3\npackage = [{groups = [[]], name = 'a'}]",
        "pylock.toml": "packages = {a = 1}",
        "pixi.lock": "packages: {a: b}",
        "conda-lock.yml": "package:\n- name: [x]\n" * 50_000,
    },
    "rules to ignore": {
        "pyproject.toml": "[project]\nname = 'x'",
        ".gitignore": ("*a" * 99 + "\n" + "[!" * 99 + "\n" + "**/" * 60 + "\n") * 2000,
    },
    "indexes without end": {
        "requirements.txt": "--index-url " * 50_000 + "\n-i " + "http://" * 50_000,
        "Dockerfile": "RUN pip install " + "http://a@" * 50_000,
        "pip.conf": "[global]\nextra-index-url =\n" + " https://x/\n" * 7000,
    },
    "one long requirement": {"requirements.txt": "git+https://" + "@" * 300_000 + "[" * 300_000},
    "make that makes itself": {
        "Makefile": "test: test\n\t$(MAKE) test\n\tmake test\n",
        ".github/workflows/a.yml": "on: push\njobs: {a: {steps: [{run: make test}]}}",
    },
    "functions without end": {
        "a.py": "import random\n"
        + "".join(f"def f{n}():\n  f{n + 1}()\n  random.random()\n" for n in range(3000))
        + "f0()\n"
    },
    "secrets without end": {
        "a.py": 'token = "' + "a1" * 500_000 + '"',
        "b.env": "password=" * 99_999,
    },
    "a rule of stars": {".gitattributes": "*a" * 50 + " filter=lfs\n", "a" * 200 + ".csv": "1"},
    "rules without end": {".gitattributes": "*.csv filter=lfs\n" * 50_000, "a.csv": "1"},
    "cards that never end": {
        "MODEL_CARD.md": "<!--" * 200_000,
        "a/MODEL_CARD.md": "[" * 500_000,
        "b/MODEL_CARD.md": "{{ a" * 200_000 + "\n" + "#" * 500_000,
        "model_card.yaml": "a: &a [*a]\nb: *a\n",
        "model_card.json": "[" * 100_000,
        "README.md": "---\n" + "a: [" * 50_000 + "\n---\n" + "![" * 300_000,
    },
    "a log of numbers": {"CHANGELOG.md": "1.0 " * 400_000, "NEWS": "a " * 800_000},
    "licences in a row": {"LICENSE": "mit license " * 150_000, "COPYING": "cc by nc " * 200_000},
    "DVC of anything": {
        ".dvc/config": "['remote \"" * 10_000,
        "a.dvc": "outs: {a: [b]}\ndeps: 5\nwdir: [1]\n",
        "dvc.yaml": "stages: [a, {b: c}]\n",
        "dvc.lock": "stages: {a: {outs: [[], 5, {path: {}}]}}\n",
    },
    "images of images of images": {
        "Dockerfile": "".join(
            f"FROM s{n - 1} AS s{n}\nCOPY --from=s{n - 1} /a /b /c {'/' * (n % 2)}x/\n"
            f"COPY --from=s{n - 1} / /\nRUN cd /x && pip install -r a/r.txt\n"
            for n in range(300)
        )
    },
    "instructions without end": {"Dockerfile": "FROM a\n" + "RUN pip install a\n" * 99_999},
    "a script of substitutions": {
        ".github/workflows/a.yml": "on: push\njobs: {a: {steps: [{run: '" + "$(" * 99_999 + "'}]}}",
        "Dockerfile": "FROM a\nRUN " + '"$(' * 99_999 + "\nRUN <<A\n" + "<<A\n" * 999,
    },
    "steps behind aliases": {
        ".github/workflows/a.yml": "on: push\njobs:\n  a: &a {steps: ["
        + "{run: pytest}, " * 4000
        + "]}\n"
        + "".join(f"  a{n}: *a\n" for n in range(190))
    },
    "GitLab that includes, extends and refers to itself": {
        ".gitlab-ci.yml": "include: ['.gitlab-ci.yml', '**']\na: &a\n  extends: [a, b]\n"
        "  script: [!reference [a, script], !reference [b, script]]\n"
        "b: {extends: a, script: [!reference [a, script], !reference [b, script]]}\n",
        "more.yml": "include: '*'\n",
    },
    "GitLab of jobs that share a list": {
        ".gitlab-ci.yml": ".a: {script: ["
        + "a, " * 9000
        + "]}\n"
        + "".join(f"j{n}: {{script: [!reference [.a, script]]}}\n" for n in range(500))
    },
    "templates of themselves": {
        "azure-pipelines.yml": "steps: [{template: azure-pipelines.yml}, {template: ../x.yml}]\n",
        ".circleci/config.yml": "commands: {a: {steps: [a, a, a, a, a, a, a, a]}}\n"
        "jobs: {build: {steps: [a]}}\n",
    },
    "a matrix of matrices": {
        ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n"
        + "".join(f"        k{n}: [{', '.join(map(str, range(50)))}]\n" for n in range(20))
        + "    steps: [{run: '"
        + " ".join(f"${{{{ matrix.k{n} }}}}" for n in range(20))
        + "'}]\n"
    },
    "tox of braces": {
        "tox.ini": "[tox]\nenvlist = " + "{a,b}" * 3000 + "\n[testenv]\ncommands = pytest\n",
        ".github/workflows/a.yml": "on: push\njobs: {a: {steps: [{run: tox}]}}",
    },
    "paths without end": {
        "a.py": 'x = "' + "/home/a " * 100_000 + '"\n' + "y = (" + '"/home/b" + ' * 500 + '"")\n',
        "b.py": ("y = " + '"/home/b" + ' * 500 + '""\n') * 200,
        "c.yaml": ("a: " + "/data/x " * 600 + "\n") * 50,
        "d.sh": "/home/" * 40_000,
        "e.json": '"' + "C:\\\\Users\\\\" * 20_000 + '"',
    },
    "downloads without end": {
        "a.sh": "A=$A$A\n" * 3000 + "wget " + "$A " * 3000 + "\n" + "curl -" + "a" * 100_000,
        "b.py": "import os\n" + 'os.system("wget http://a.b/c; " * 2)\n' * 3000,
        "c.py": "import os\nos.system('" + "wget $A;" * 20_000 + "')\n",
        "Dockerfile": "FROM a\nARG A=$A$A\n" + "RUN wget $A$A$A\n" * 500,
    },
    "names without end": {
        "a.py": "from transformers import AutoModel\n"
        'a = "x"\n' + "a = a + a\n" * 3000 + "AutoModel.from_pretrained(a)\n" * 500,
    },
    "image of images": {"Dockerfile": "ARG A=$A$A\nFROM " + "$A" * 100_000},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_check_comes_to_a_finding(name: str, view: Callable[..., Any]) -> None:
    findings = list(run(view(HOSTILE[name])))
    assert [f.headline for f in findings if f.headline.startswith(("Stopped", "The check"))] == []


@pytest.mark.parametrize(
    "name", ["unary minuses", "parentheses", "zero bytes", "strange encodings"]
)
def test_what_cannot_be_parsed_is_unknown(name: str, view: Callable[..., Any]) -> None:
    (seeds,) = run(view(HOSTILE[name]), ["seeds-set"])
    assert seeds.outcome is Outcome.UNKNOWN
    assert seeds.coverage.errors


def test_includes_never_leave_the_repository(view: Callable[..., Any]) -> None:
    world = view(
        {"a/requirements.txt": "-r ../../etc/passwd\n-r /etc/passwd\n-c ../../x\nalpha==1\n"}
    )
    (pinned,) = run(world, ["dependencies-pinned"])
    assert set(world.reads) == {"a/requirements.txt"}
    assert pinned.outcome is Outcome.UNKNOWN


def test_a_windows_requirement_file_is_read(view: Callable[..., Any]) -> None:
    files = {"requirements.txt": "alpha==1.0\r\nbravo==2.0\r\n".encode("utf-16")}
    (pinned,) = run(view(files), ["dependencies-pinned"])
    assert pinned.facts["pinned"] is True
    assert pinned.facts["total"] == 2
