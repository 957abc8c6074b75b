"""`holdshort payload`: the exact bytes that are signed, for stock tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from holdshort.cli.console import malformed
from holdshort.errors import BadInputError, UsageError

MAX_RECORD_BYTES = 1_000_000


@click.command(short_help="Print the exact bytes that are signed.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--signature", is_flag=True, help="Print the signature's armour instead.")
def command(file: Path, signature: bool) -> None:
    """Print the canonical JSON a record's signature covers, without a line break at its end.

    \b
    holdshort payload --signature FILE > /tmp/signature
    holdshort payload FILE | ssh-keygen -Y verify -f .holdshort/allowed_signers \\
        -I PRINCIPAL -n holdshort-review-v1 -s /tmp/signature
    """  # noqa: D301 - click's own escape
    from holdshort.storage.records import parse  # noqa: PLC0415 - lazy by design

    with file.open("rb") as opened:
        data = opened.read(MAX_RECORD_BYTES + 1)
    try:
        record = parse(data, str(file))
    except BadInputError as error:
        raise malformed(error) from error
    if not record.payload:
        raise UsageError(f"{file} is a draft: nothing is signed yet", "Sign it: holdshort sign")
    armour = f"{record.review.signature}\n".encode()
    sys.stdout.buffer.write(armour if signature else record.payload)
    sys.stdout.buffer.flush()
