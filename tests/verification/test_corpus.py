"""Records on disk: each defect counts for nothing, and what version 1 wrote is read for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdshort.model.verification import DutyState, RecordReport, RecordState
from holdshort.signing.ssh import verify
from holdshort.storage.records import Record
from holdshort.verification.judging import read_record
from holdshort.verification.ledger import Ledger

CORPUS = Path(__file__).parents[1] / "corpus" / "records"
PLACE = "reviews/churn/1.4.0/tiny/ada.yaml"


@pytest.mark.parametrize(
    "file", sorted((CORPUS / "malformed").iterdir()), ids=lambda file: str(file.stem)
)
def test_a_defect_makes_a_record_malformed_and_nothing_else(file: Path) -> None:
    ledger = Ledger()
    report = read_record(file.read_bytes(), PLACE, ledger)
    assert isinstance(report, RecordReport)
    assert report.state is RecordState.MALFORMED
    assert [one.number for one in ledger.duties() if one.state is DutyState.FAILED] == [2]
    assert ledger.broken


def test_a_record_of_version_1_is_read_and_its_signature_verifies() -> None:
    record = read_record((CORPUS / "v1" / "record.yaml").read_bytes(), PLACE, Ledger())
    assert isinstance(record, Record)
    signers = (CORPUS / "v1" / "allowed_signers").read_bytes()
    assert record.canonical
    assert record.review.answers["deps"].note == "Sí: 北京, no, 1e3, 0o17\nsecond line"
    assert verify(record.payload, record.review.signature, signers, "ada@example.org").good
