"""Drafts: what was saved is there again, whoever was killed, and one session writes at a time."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import (
    BadInputError,
    ExitCode,
    MissingEnvironmentError,
    RepositoryStateError,
)
from holdshort.model.checklist import Severity
from holdshort.model.finding import Outcome
from holdshort.model.review import Answer, Change, Evidence, EvidenceKind, Verdict, Waiver
from holdshort.storage.draft_state import replayed
from holdshort.storage.drafts import Draft, DraftKey, DraftStore, Place
from holdshort.storage.journal import Journal

ROOT = Path(__file__).parent.parent.parent
KEY = DraftKey(root_commit="0" * 40, model="churn", release="1.4.0", checklist="c", reviewer="ada")
AT = "2026-11-20T12:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "state" / "drafts")


def opened(store: DraftStore, key: DraftKey = KEY) -> Draft:
    return store.open(key, profile="quick", started_at=AT)


def said(question: str, note: str = "") -> Change:
    answer = Answer(asked="Is it?", severity=Severity.MAJOR, verdict=Verdict.MET, note=note)
    return Change(label=f"{question} = yes", answers={question: answer})


def labels(draft: Draft) -> list[str]:
    history = draft.state.history
    return [one.label for one in history.changes[: history.cursor]]


def test_what_was_saved_is_there_again(store: DraftStore) -> None:
    with opened(store) as draft:
        draft.record(said("one"))
        draft.deepen("standard")
        draft.move(Place(question="two", filter="blockers"))
        before = draft.state
    with opened(store) as again:
        assert again.state == before
        assert again.state.profile == "standard"
        assert again.state.place == Place(question="two", filter="blockers")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)
evidence = st.builds(Evidence, kind=st.sampled_from(EvidenceKind), ref=names, quote=texts)
answers = st.builds(
    Answer,
    asked=names,
    severity=st.sampled_from(Severity),
    verdict=st.none() | st.sampled_from(Verdict),
    note=texts,
    value=texts | st.lists(texts, min_size=1, max_size=2).map(tuple),
    evidence=st.lists(evidence, max_size=2).map(tuple),
)
waivers = st.builds(Waiver, question=names, reason=names, owner=names, expires=names)
changes = st.builds(
    Change,
    label=texts,
    noted=texts,
    outcomes=st.dictionaries(texts, st.sampled_from(Outcome), max_size=2),
    answers=st.dictionaries(texts, st.none() | answers, max_size=2),
    waivers=st.dictionaries(texts, st.none() | waivers, max_size=2),
    facets=st.dictionaries(texts, st.none() | texts, max_size=2),
)


@given(st.lists(st.one_of(changes, st.sampled_from(["undo", "redo", "again"])), max_size=8))
def test_any_steps_lead_to_the_same_state_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Change | str]
) -> None:
    store = DraftStore(tmp_path_factory.mktemp("state"))
    draft = opened(store)
    for step in steps:
        match step:
            case Change():
                draft.record(step)
            case "undo":
                draft.undo()
            case "redo":
                draft.redo()
            case _:
                draft.close()
                draft = opened(store)
    before = draft.state
    draft.close()
    with opened(store) as again:
        assert again.state == before
        assert len(labels(again)) == before.history.cursor


def test_undo_and_redo_go_on_across_restarts(store: DraftStore) -> None:
    with opened(store) as draft:
        for name in ("one", "two", "three"):
            draft.record(said(name))
        assert draft.undo() == said("three")
    with opened(store) as draft:
        assert draft.undo() == said("two")
    with opened(store) as draft:
        assert draft.redo() == said("two")
        draft.record(said("four"))
        assert draft.redo() is None
    with opened(store) as draft:
        assert labels(draft) == ["one = yes", "two = yes", "four = yes"]
        assert [draft.undo() for _ in range(4)][3] is None
        assert labels(draft) == []


def test_folders_and_files_are_the_users_alone(store: DraftStore, tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with opened(store) as draft:
            draft.record(said("one"))
            folder = draft.folder
    finally:
        os.umask(mask)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert modes == {"journal.jsonl": 0o600, "lock": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "drafts").stat().st_mode) == 0o700


# Two sessions

SESSION = """
import sys, time
from pathlib import Path
from holdshort.storage.drafts import DraftKey, DraftStore
key = DraftKey(root_commit="0" * 40, model="churn", release="1.4.0", checklist="c", reviewer="ada")
draft = DraftStore(Path(sys.argv[1])).open(key, profile="quick", started_at="2026-11-20T12:00:00Z")
print("open", draft.holder, flush=True)
time.sleep(60)
"""


def other_session(folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", SESSION, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "open \n"
    return child


def test_a_second_session_reads_only_and_says_who_writes(store: DraftStore, tmp_path: Path) -> None:
    with opened(store) as draft:
        draft.record(said("one"))
    with other_session(tmp_path / "state" / "drafts") as child:
        second = opened(store)
        assert second.holder.startswith(f"process {child.pid} on ")
        assert second.holder.endswith(f" since {AT}")
        assert labels(second) == ["one = yes"]
        second.move(Place(question="two"))
        assert second.state.place.question == "two"
        with pytest.raises(RepositoryStateError, match=f"process {child.pid}") as caught:
            second.record(said("two"))
        with pytest.raises(RepositoryStateError):
            second.undo()
        with pytest.raises(RepositoryStateError, match="is being written by"):
            store.delete(KEY.folder)
        assert caught.value.exit_code is ExitCode.REPOSITORY_STATE
        child.send_signal(signal.SIGKILL)
    with opened(store) as third:
        assert third.holder == ""
        assert labels(third) == ["one = yes"]
        third.record(said("two"))


def test_a_lock_left_by_a_dead_process_holds_nobody_up(store: DraftStore) -> None:
    opened(store).close()
    lock = store.list()[0].folder / "lock"
    lock.write_text("process 1 on elsewhere since long ago", "utf-8")

    with opened(store) as draft:
        assert draft.holder == ""
        assert f"process {os.getpid()} " in lock.read_text("utf-8")


def test_a_session_in_the_same_process_is_another_session(store: DraftStore) -> None:
    with opened(store):
        assert f"process {os.getpid()} " in opened(store).holder


def test_two_drafts_do_not_know_each_other(store: DraftStore) -> None:
    other = DraftKey(root_commit="0" * 40, model="churn", release="2", checklist="c", reviewer="b")
    with opened(store) as one, opened(store, other) as two:
        one.record(said("one"))
        assert not two.holder
        assert labels(two) == []


# When it cannot be saved


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")

    with pytest.raises(MissingEnvironmentError, match="cannot be used") as caught:
        opened(DraftStore(tmp_path / "file" / "drafts"))
    assert "HOLDSHORT_STATE_DIR" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_said(store: DraftStore) -> None:
    opened(store).close()
    folder = store.list()[0].folder
    (folder / "lock").unlink()
    folder.chmod(0o500)
    try:
        with pytest.raises(MissingEnvironmentError, match="cannot be used"):
            opened(store)
    finally:
        folder.chmod(0o700)


def test_a_folder_that_was_deleted_meanwhile_is_not_saved_into(store: DraftStore) -> None:
    with opened(store) as draft:
        draft.record(said("one"))
        shutil.rmtree(draft.folder)
        with pytest.raises(MissingEnvironmentError, match="NOT SAVED: the draft was deleted"):
            draft.record(said("two"))
        assert labels(draft) == ["one = yes"]


def test_moving_about_never_fails(store: DraftStore) -> None:
    with opened(store) as draft:
        shutil.rmtree(draft.folder)
        draft.move(Place(question="two"))
        assert draft.state.place.question == "two"


# Finding drafts


def test_drafts_are_listed_newest_first_and_by_repository(store: DraftStore) -> None:
    other = DraftKey(root_commit="1" * 40, model="other", release="2", checklist="c", reviewer="b")
    opened(store).close()
    opened(store, other).close()
    newest = store.list()[0].folder / "journal.jsonl"
    later = time.time() + 60
    os.utime(store.list()[1].folder / "journal.jsonl", (later, later))

    assert [one.state.key for one in store.list()] == [KEY, other]
    assert [one.state.key for one in store.list("1" * 40)] == [other]
    assert newest.exists()


def test_a_clock_set_back_changes_no_order(store: DraftStore) -> None:
    with opened(store) as draft:
        draft.record(Change(label="first", at="2026-11-20T12:00:00Z"))
        draft.record(Change(label="second", at="2020-01-01T00:00:00Z"))
    with opened(store) as draft:
        assert labels(draft) == ["first", "second"]


def test_a_deleted_draft_is_gone(store: DraftStore) -> None:
    opened(store).close()

    assert store.delete(KEY.folder)
    assert store.list() == ()
    assert not store.delete(KEY.folder)
    assert not store.delete("../drafts")


def test_a_removed_draft_gives_up_its_lock(store: DraftStore) -> None:
    draft = opened(store)
    draft.remove()

    with opened(store) as again:
        assert not again.holder
        assert labels(again) == []


def test_peeking_writes_nothing(store: DraftStore, tmp_path: Path) -> None:
    blank = store.peek(KEY, profile="quick", started_at=AT)

    assert labels(blank) == []
    assert not (tmp_path / "state").exists()
    with pytest.raises(RepositoryStateError, match="opened for reading"):
        blank.record(said("one"))


def test_peeking_reads_what_another_session_saves(store: DraftStore) -> None:
    with opened(store) as draft:
        draft.record(said("one"))
        assert labels(store.peek(KEY, profile="quick", started_at=AT)) == ["one = yes"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
def test_a_folder_that_nobody_can_write_is_said() -> None:
    with pytest.raises(MissingEnvironmentError, match="cannot be used"):
        opened(DraftStore(Path("/proc/self/holdshort")))


def test_a_draft_that_may_not_be_read_is_said_to_who_looks(store: DraftStore) -> None:
    opened(store).close()
    folder = store.list()[0].folder
    shutil.rmtree(folder)
    folder.write_text("in the way", "utf-8")
    with pytest.raises(MissingEnvironmentError, match="the draft cannot be read"):
        store.peek(KEY, profile="quick", started_at=AT)


def test_an_empty_journal_is_no_draft_yet(store: DraftStore) -> None:
    opened(store).close()
    (store.list()[0].folder / "journal.jsonl").write_bytes(b"")

    assert store.list() == ()
    assert labels(store.peek(KEY, profile="quick", started_at=AT)) == []
    with opened(store) as draft:
        draft.deepen("quick")
        draft.record(said("one"))
    assert len(store.list()) == 1


def test_a_draft_that_cannot_be_deleted_is_said(store: DraftStore) -> None:
    opened(store).close()
    folder = store.list()[0].folder
    (folder / "lock").unlink()
    (folder / "lock").mkdir()

    with pytest.raises(MissingEnvironmentError, match="was not deleted"):
        store.delete(folder.name)


def test_a_journal_without_steps_leads_to_no_state() -> None:
    with pytest.raises(BadInputError, match="an empty journal"):
        replayed((), "journal.jsonl")


def test_the_folders_name_is_readable_and_unlike_any_other() -> None:
    near = DraftKey(root_commit="0" * 40, model="churn-1.4.0", release="ada", checklist="c",
                    reviewer="x")  # fmt: skip

    assert KEY.folder.startswith("churn-1.4.0-ada-")
    assert KEY.folder != near.folder


# Journals nobody could have written


def test_a_journal_of_another_draft_is_refused(store: DraftStore) -> None:
    opened(store).close()
    folder = store.list()[0].folder
    other = DraftKey(root_commit="1" * 40, model="churn", release="2", checklist="c", reviewer="b")
    shutil.copytree(folder, folder.with_name(other.folder))

    with pytest.raises(BadInputError, match="the journal of another draft"):
        opened(store, other)
    assert not opened(store).holder, "the refused one has let its lock go"


@pytest.mark.parametrize(
    ("number", "step"),
    [
        (1, {"op": "change"}),
        (1, {"op": "open", "profile": "quick"}),
        (1, {"op": "start", "profile": "quick", "started_at": AT}),
        (1, {"op": "open", "profile": "quick", "started_at": AT, "model": "churn"}),
        (2, {"op": "merge"}),
        (2, {}),
        (2, {"op": "change", "label": "x", "mood": "new in the next version"}),
        (2, {"op": "change", "label": "x", "answers": {"one": {"verdict": "perhaps"}}}),
        (2, {"op": "place", "room": "kitchen"}),
        (2, {"op": "profile"}),
    ],
)
def test_a_step_of_another_version_is_refused_and_kept(
    store: DraftStore, number: int, step: dict[str, object]
) -> None:
    opened(store).close()
    path = store.list()[0].folder / "journal.jsonl"
    if number == 1:
        path.unlink()
    journal = Journal(path)
    journal.read()
    journal.append(step)
    journal.close()
    before = path.read_bytes()

    with pytest.raises(BadInputError, match=rf":{number}: a step this version") as caught:
        opened(store)
    assert caught.value.exit_code is ExitCode.BAD_INPUT
    assert path.read_bytes() == before


def test_damage_is_told_to_who_opens_the_draft(store: DraftStore) -> None:
    with opened(store) as draft:
        for name in ("one", "two"):
            draft.record(said(name))
        path = draft.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"two = yes", b"two = no!"))

    assert "damaged" in store.peek(KEY, profile="quick", started_at=AT).damage
    with opened(store) as draft:
        assert labels(draft) == ["one = yes"]
        assert draft.damage.startswith(f"{path}:3: damaged")
        draft.record(said("three"))
    with opened(store) as draft:
        assert labels(draft) == ["one = yes", "three = yes"]
        assert draft.damage == ""


def test_what_cannot_be_read_is_left_out_of_the_list_and_told(store: DraftStore) -> None:
    opened(store).close()
    broken = store.list()[0].folder.with_name("broken")
    broken.mkdir()
    (broken / "journal.jsonl").write_text("no journal\n", "utf-8")

    assert len(store.list()) == 1
    assert [one.startswith(str(broken)) for one in store.unreadable()] == [True]
    assert store.delete("broken")
    assert store.unreadable() == ()


def test_no_acknowledged_answer_is_lost_over_two_hundred_kills(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "kill_fuzz.py", "--kills", "200"],
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "200 kills" in done.stdout
    assert ", 0 lost" in done.stdout
