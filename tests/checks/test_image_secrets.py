"""What a Dockerfile or a pipeline holds of a secret is never told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from holdshort.model.finding import Finding

DRAWN = "kT9x" + "Lq2Vb7Zn4Rw8Ys3M" + "pD6f"

HOLDERS: dict[str, dict[str, str | bytes]] = {
    "environment": {
        "Dockerfile": f"FROM a:1\nENV DB_PASSWORD={DRAWN} X='{DRAWN}'\nARG TOKEN={DRAWN}\n"
    },
    "address of a package": {
        "Dockerfile": f"FROM a:1\nRUN pip install git+https://{DRAWN}@example.org/u/r.git@$REF\n"
        f"RUN pip install -r https://u:{DRAWN}@example.org/r.txt?token={DRAWN}\n"
        f"RUN pip install 'x @ https://u:{DRAWN}@example.org/x.whl'\n"
    },
    "address of a download": {
        "Dockerfile": f"FROM a:1\nRUN curl https://u:{DRAWN}@example.org/x.sh | sh\n"
        f"ADD https://u:{DRAWN}@example.org/x /x\n"
        f"RUN wget https://u:{DRAWN}@example.org/{DRAWN}/y.sh && sh y.sh\n"
    },
    "address of an include": {
        ".gitlab-ci.yml": f"include: https://u:{DRAWN}@example.org/x.yml?private_token={DRAWN}\n"
    },
    "address of an action": {
        ".forgejo/workflows/a.yml": "on: push\njobs:\n  t:\n    steps:\n"
        f"      - uses: https://u:{DRAWN}@example.org/u/r@v1\n"
    },
}


@pytest.mark.parametrize("name", HOLDERS)
@pytest.mark.parametrize(
    "check_id",
    ["image-unprivileged", "image-installs-pinned", "base-image-pinned", "actions-pinned"],
)
def test_no_secret_reaches_a_finding(
    name: str, check_id: str, look: Callable[[Mapping[str, str | bytes], str], Finding]
) -> None:
    assert DRAWN not in repr(look(HOLDERS[name], check_id))
