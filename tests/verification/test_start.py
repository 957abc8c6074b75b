"""The gate starts light: no screen, no tables, no check that is not asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.verification.conftest import House

PROGRAM = """
import json, os, sys
from holdshort.cli.main import main
main(json.loads(sys.argv[1]))
print("\\n" + json.dumps(sorted(sys.modules)))
"""


def test_verify_loads_neither_a_screen_nor_tables(house: House) -> None:
    house.land()
    arguments = ["--repo", str(house.root), "verify", "--no-recheck"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, json.dumps(arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("churn 1.4.0: ready")
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {"textual", "rich", "pandas", "numpy", "holdshort.walkthrough.session"}
    assert not {one for one in loaded if one.startswith("holdshort.checks.")}
