"""Which shell lines run tests, one by one."""

from __future__ import annotations

import pytest

from holdshort.checks.facts.shell_words import Shell
from holdshort.checks.facts.test_commands import Followed, TestRun

FILES = {
    "Makefile": "test:\n\tpytest\nlint:\n\truff check\nsub:\n\t$(MAKE) -C inner unit\n",
    "inner/Makefile": "include more.mk\n",
    "inner/more.mk": "unit:\n\tpython -m pytest\n",
    "run.sh": "#!/bin/sh\nset -e\nexec pytest\n",
    "script.py": "#!/usr/bin/env python\npytest\n",
    "noxfile.py": "import nox\n@nox.session(name='unit')\ndef u(s):\n    s.run('pytest')\n",
    "tox.ini": "[testenv]\ncommands =\n    - ruff check\n    pytest {posargs}\n[testenv:x]\n",
}


def runs(line: str, shell: Shell | None = None) -> list[bool]:
    """Return, for each command of a line that runs tests, whether its failure is ignored."""
    found = Followed(FILES.get).test_runs(line, 1, shell or Shell())
    return [run.ignored for run in found]


@pytest.mark.parametrize(
    "line",
    [
        "pytest",
        "python3.11 -m pytest -x",
        "python -W error -m unittest discover",
        "PYTHONPATH=. CUDA_VISIBLE_DEVICES='' /opt/venv/bin/pytest",
        "sudo -E env A=b timeout 600 pytest",
        "xvfb-run -a pytest",
        "time pytest && echo done",
        "coverage run --source x -m pytest",
        "python -m coverage run -m pytest",
        "uv run --frozen --group dev pytest",
        "uv run -m pytest",
        "uvx --with tox-uv tox -e py",
        "poetry run python -m pytest",
        "hatch test",
        "hatch run test:unit",
        "conda run -n env --no-capture-output pytest",
        "micromamba run -p /env pytest",
        "docker run --rm -v $PWD:/w image:1 bash -c 'cd /w && pytest'",
        "docker compose run --rm app pytest",
        "docker-compose exec -T web python manage.py test",
        "srun -n 2 pytest",
        "mpirun -np 2 python -m pytest",
        "torchrun --nproc-per-node 2 -m pytest",
        "bash -euo pipefail -c 'pytest'",
        "bash <<E\npytest\nE",
        "make test",
        "make -j 4 CI=1 sub",
        "./run.sh",
        "bash ./run.sh --fast",
        "nox",
        "nox --session=unit",
        "tox",
        "tox run -e py311,lint",
        "for d in a b; do (cd $d && pytest); done",
        "out=$(pytest)",
        "find . -name 'test_*.py' | xargs pytest",
        "python tests/run_tests.py",
        "python setup.py test",
        "invoke tests",
        "npm run test:unit",
        "python -c 'import pytest; pytest.main()'",
    ],
)
def test_a_line_that_runs_tests_is_known(line: str) -> None:
    assert False in runs(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# pytest",
        "echo pytest",
        "pip install pytest",
        "uv pip install pytest-cov",
        "conda install pytest",
        "pytest --version",
        "pytest --collect-only",
        "which pytest",
        "cat <<E\npytest\nE",
        "git commit -m 'pytest'",
        "docker build -t pytest .",
        "docker run --name pytest image:1",
        "docker pull pytest",
        "make lint",
        "make no-such-target",
        "nox -s lint",
        "tox -e x -- --version",
        "python script.py",
        "./script.py",
        "bash ../outside.sh",
        "case $1 in pytest) true ;; esac",
        "pytest() { true; }",
        "python -m pip install pytest",
        "python train.py --name test",
        "cargo build",
    ],
)
def test_a_line_that_only_sounds_like_it_is_not(line: str) -> None:
    assert runs(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "pytest || true",
        "pytest || :",
        "pytest || exit 0",
        "pytest || echo failed",
        "set +e\npytest\necho done",
        "set +o pipefail; pytest | tee log",
    ],
)
def test_a_failure_that_goes_nowhere_is_ignored(line: str) -> None:
    assert runs(line) == [True]


@pytest.mark.parametrize(
    "line",
    [
        "pytest || exit 1",
        "pytest || { echo failed; exit 1; }",
        "pytest && true",
        "pytest | tee log",
        "set +e\npytest\ncode=$?\nexit $code",
        "set +e\npytest",
        "pytest; exit 0",
    ],
)
def test_a_failure_that_comes_back_counts(line: str) -> None:
    assert runs(line) == [False]


def test_without_pipefail_a_pipe_loses_the_failure() -> None:
    plain = Shell(pipefail=False)
    assert runs("pytest | tee log", plain) == [True]
    assert runs("set -o pipefail; pytest | tee log", plain) == [False]
    assert runs("pytest | tee log; exit ${PIPESTATUS[0]}", plain) == [False]


def test_lines_are_told() -> None:
    found = Followed(FILES.get).test_runs("true\n\npytest \\\n  -q\nnox", 10, Shell())
    assert list(found) == [TestRun(12, ignored=False), TestRun(14, ignored=False)]


def test_folders_are_followed() -> None:
    assert runs("cd inner\nmake unit") == [False]
    assert runs("make unit") == []
    assert runs("(cd inner && make unit); make unit") == [False]
    assert runs("make unit", Shell("inner")) == [False]
