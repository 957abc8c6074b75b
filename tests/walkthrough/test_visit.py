"""A repository as it is met, and how a review begins: names, people, drafts found again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from holdshort.checks.base import IDS
from holdshort.errors import (
    BadInputError,
    ExitCode,
    IntegrityError,
    MissingEnvironmentError,
    RepositoryStateError,
    UsageError,
)
from holdshort.model.finding import Outcome
from holdshort.model.review import Verdict
from holdshort.setup.trust_root import commit_plan, plan
from holdshort.storage.catalog import DEFAULT
from holdshort.walkthrough.keys import new_key, signing_key
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted, release_name

from .conftest import QUICK, TEAM, commit, finding, write

Begin = Callable[..., Walkthrough]
Git = Callable[..., str]
Look = Callable[..., Visit]


def trust(visit: Visit, **options: str) -> None:
    """Commit the trust root for Ada, as `init` does."""
    who = visit.repo.default_identity()
    commit_plan(visit.repo, plan(visit.repo, visit.checklist("team"), who, signing_key(visit),
                                 **options))  # fmt: skip


# Names


@pytest.mark.parametrize(
    ("tags", "release"),
    [
        (["v1.4.0"], "1.4.0"),
        (["1.4.0"], "1.4.0"),
        (["v1.2", "v1.10"], "1.10"),
        (["vanilla"], "vanilla"),
        (["Version-One"], ""),
        ([], ""),
    ],
)
def test_the_newest_tag_names_the_release(
    visit: Look, project: Path, git: Git, tags: list[str], release: str
) -> None:
    for tag in tags:
        git(project, "tag", tag)

    assert visit().release == release


def test_signing_a_release_does_not_end_it(visit: Look, project: Path, git: Git) -> None:
    git(project, "tag", "v1.4.0")
    write(project, {"reviews/a/b.yaml": "x\n", "checklists/team.yaml": TEAM + "\n"})
    commit(git, project)
    commit(git, project)
    assert visit().release == "1.4.0"
    write(project, {"train.py": "changed\n"})
    commit(git, project)
    assert visit().release == ""


def test_a_merged_review_does_not_end_the_release(visit: Look, project: Path, git: Git) -> None:
    git(project, "tag", "v1.4.0")
    git(project, "switch", "--quiet", "--create", "review")
    write(project, {"reviews/a/b.yaml": "x\n"})
    commit(git, project)
    git(project, "switch", "--quiet", "main")
    git(project, "merge", "--quiet", "--no-ff", "--message=Merge", "review")

    assert visit().release == "1.4.0"


@pytest.mark.parametrize(("typed", "name"), [("v1", "1"), ("1", "1"), ("vanilla", "vanilla")])
def test_a_release_is_named_without_the_letter_before_its_number(typed: str, name: str) -> None:
    assert release_name(typed) == name


def test_without_a_tag_the_release_is_asked_for(visit: Look) -> None:
    with pytest.raises(UsageError, match="no tag names this release") as caught:
        visit().begin(replace(QUICK, release=""))
    assert caught.value.hint.startswith("Name it, such as: --release 20")
    assert visit().drafts == ()


def test_the_only_draft_names_the_release(begin: Begin, visit: Look) -> None:
    begin().draft.close()

    assert visit().begin(replace(QUICK, release="")).base.release == "1.0.0"


def test_two_drafts_name_no_release(begin: Begin, visit: Look) -> None:
    begin().draft.close()
    begin(wanted=replace(QUICK, release="2.0.0")).draft.close()
    with pytest.raises(UsageError, match="no tag names this release"):
        visit().begin(replace(QUICK, release=""))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (replace(QUICK, release="1/2"), "'1/2' is no name"),
        (replace(QUICK, model="Our Model"), "'Our Model' is no name"),
        (replace(QUICK, profile="deepest"), "no profile 'deepest'"),
        (replace(QUICK, roles=("astronaut",)), "no role is called 'astronaut'"),
    ],
)
def test_a_name_that_is_none_is_refused(begin: Begin, wanted: Wanted, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        begin(wanted=wanted)


def test_an_unknown_checklist_names_the_known_ones(begin: Begin) -> None:
    with pytest.raises(BadInputError, match="no checklist is called 'other'") as caught:
        begin(wanted=replace(QUICK, checklist="other"))
    assert caught.value.hint == f"Known: team, {DEFAULT}."


def test_a_broken_checklist_is_said_with_its_place(visit: Look, project: Path, git: Git) -> None:
    write(project, {"checklists/a.yaml": TEAM + "    colour: red\n"})
    commit(git, project)
    with pytest.raises(BadInputError, match=r"^checklists/a\.yaml:\d+:5: unknown key") as caught:
        visit().begin(QUICK)
    assert caught.value.exit_code is ExitCode.BAD_INPUT


def test_a_checklist_too_large_to_read_is_said(visit: Look, project: Path, git: Git) -> None:
    write(project, {"checklists/a.yaml": "#" * 2_000_001})
    commit(git, project)
    with pytest.raises(BadInputError, match=r"checklists/a\.yaml cannot be read: 2000001 bytes"):
        visit().checklist("team")


def test_links_and_folders_among_the_checklists_are_not_read(
    visit: Look, project: Path, git: Git
) -> None:
    (project / "checklists" / "b.yaml").symlink_to("/etc/passwd")
    write(project, {"checklists/deeper/c.yaml": "nonsense"})
    commit(git, project)

    assert visit().checklist("team").id == "team"


def test_quick_or_the_only_profile_is_the_default(visit: Look, project: Path, git: Git) -> None:
    assert visit().default_profile(visit().checklist("team")) == "quick"
    write(project, {"checklists/team.yaml": TEAM.replace("  quick:", "  usual:")})
    commit(git, project)
    seen = visit()

    assert seen.default_profile(seen.checklist("team")) == "usual"
    assert seen.begin(QUICK).profile == "usual"


def test_a_draft_goes_on_at_another_depth(begin: Begin) -> None:
    walk = begin()
    walk.answer("manual", Verdict.UNKNOWN, note="x")
    walk.draft.close()
    walk = begin(wanted=replace(QUICK, profile="deep"))

    assert walk.profile == "deep"
    assert walk.view("extra").number
    assert walk.review.answers["manual"].note == "x"
    assert walk.review.checklist.profile == "deep"


# People and rules


def test_without_a_trust_root_the_reviewer_alone_is_assumed(begin: Begin) -> None:
    walk = begin()

    assert walk.base.reviewer.id == "ada"
    assert walk.base.reviewer.principal == "ada@example.org"
    assert list(walk.policy.people) == ["ada"]
    assert walk.base.model == walk.base.project == "repository"


def test_the_policy_says_who_reviews_what(begin: Begin, visit: Look) -> None:
    trust(visit(), profile="deep")
    walk = begin(wanted=Wanted(release="1.0.0"))

    assert walk.checklist.id == "team"
    assert walk.profile == "deep"
    assert walk.policy == visit().trust_root.policy  # type: ignore[union-attr]  # just committed


def test_an_address_of_a_namesake_is_refused(begin: Begin, visit: Look, git: Git, project: Path
) -> None:  # fmt: skip
    trust(visit())
    git(project, "config", "--global", "user.email", "ada@elsewhere.example")
    with pytest.raises(MissingEnvironmentError, match="knows 'ada', but not by the address") as no:
        begin()
    assert "policy.yaml" in no.value.hint


def test_a_newcomer_may_review_and_the_gate_says_it_does_not_count(
    begin: Begin, visit: Look, git: Git, project: Path
) -> None:
    trust(visit())
    git(project, "config", "--global", "user.email", "eve@example.org")
    walk = begin()

    assert walk.base.reviewer.id == "eve"
    assert walk.gate().verdict.words == "incomplete"


def test_a_checklist_that_the_policy_does_not_pin_can_be_walked(begin: Begin, visit: Look) -> None:
    trust(visit())
    walk = begin(wanted=Wanted(release="1.0.0", checklist=DEFAULT))

    assert walk.checklist.id == DEFAULT
    assert walk.gate().rows


def test_a_pinned_checklist_that_was_changed_is_refused(
    visit: Look, project: Path, git: Git
) -> None:
    trust(visit())
    place = project / ".holdshort" / "checklists" / "team-1.0.0.yaml"
    place.write_text(place.read_text("utf-8").replace("Is it seeded?", "Is it?"), "utf-8")
    commit(git, project)
    with pytest.raises(IntegrityError, match="is not the checklist the policy pins"):
        visit().begin(QUICK)


def test_nobody_is_invented(begin: Begin, git: Git, project: Path) -> None:
    git(project, "config", "--global", "--unset", "user.email")
    with pytest.raises(MissingEnvironmentError, match="does not know who you are"):
        begin()


def test_the_trusted_key_is_chosen_among_several(visit: Look, ssh_key: Path) -> None:
    trust(visit())
    chosen = signing_key(visit())
    other = ssh_key.with_name("id_ecdsa")
    other.with_suffix(".pub").write_text(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKf2iPmRQMdh8/NC7eJaTQvFJ5PzQkYTKwyb1Q3PQ8dC bob\n",
        "utf-8",
    )
    other.write_text("not a key\n", "utf-8")

    assert signing_key(visit()) == chosen


def test_a_key_is_made_when_there_is_none(visit: Look, ssh_key: Path) -> None:
    ssh_key.unlink()
    ssh_key.with_suffix(".pub").unlink()
    made = new_key(visit(), with_passphrase=False)

    assert signing_key(visit()).public == made.public


# Drafts found again


def test_a_draft_is_found_from_a_fresh_clone_and_a_linked_work_tree(
    begin: Begin, visit: Look, project: Path, tmp_path: Path, git: Git
) -> None:
    walk = begin()
    walk.answer("manual", Verdict.UNKNOWN, note="x")
    walk.draft.close()
    git(tmp_path, "clone", "--quiet", str(project), "elsewhere/repository")
    git(project, "worktree", "add", "--quiet", str(tmp_path / "linked" / "repository"))

    for place in ("elsewhere/repository", "linked/repository"):
        seen = visit(at=tmp_path / place)
        assert [one.state.key.release for one in seen.drafts] == ["1.0.0"]
        with seen.begin(QUICK).draft as draft:
            assert draft.state.history.cursor == 1


def test_drafts_of_another_repository_are_not_shown(
    begin: Begin, visit: Look, tmp_path: Path, git: Git
) -> None:
    begin().draft.close()
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    git(other, "commit", "--quiet", "--allow-empty", "--message=Other")

    assert visit(at=other).drafts == ()


def test_looking_writes_nothing(visit: Look, tmp_path: Path) -> None:
    walk = visit().look(QUICK)

    assert walk.views()
    assert not (tmp_path / "state").exists()
    with pytest.raises(RepositoryStateError, match="opened for reading"):
        walk.answer("manual", Verdict.MET)


# What it says of the repository


def test_a_branch_and_a_moved_head_are_noticed(visit: Look, project: Path, git: Git) -> None:
    seen = visit()

    assert seen.branch == "main"
    assert not seen.head_moved
    commit(git, project)
    assert seen.head_moved
    git(project, "checkout", "--quiet", "--detach")
    assert visit().branch is None


def test_every_check_is_run_once_and_none_that_was_told(visit: Look, project: Path) -> None:
    told = finding(Outcome.FAIL)
    seen = visit(told)
    for name in ("tests-present", "tests-run-in-ci"):
        del seen.findings[name]
    seen.run_checks(("tests-present",))

    assert seen.findings["seeds-set"] == told
    assert seen.findings["tests-present"].version
    assert "tests-run-in-ci" not in seen.findings
    assert seen.check_ids == IDS
    assert seen.work_file("train.py") == project / "train.py"


def test_a_check_that_this_version_lacks_is_not_waited_for(
    visit: Look, project: Path, git: Git
) -> None:
    write(project, {"checklists/team.yaml": TEAM.replace("id: seeds-set", "id: from-tomorrow")})
    commit(git, project)
    walk = visit().look(QUICK)

    assert walk.view("seeded").pending == ()
    assert walk.view("seeded").suggestion.verdict is None


def test_a_check_that_has_not_told_yet_is_pending(visit: Look) -> None:
    walk = visit().look(QUICK)
    del walk.visit.findings["seeds-set"]

    assert walk.view("seeded").pending == ("seeds-set",)


def test_no_key_is_guessed_among_several(visit: Look, ssh_key: Path) -> None:
    other = ssh_key.with_name("id_ecdsa")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", other],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    with pytest.raises(MissingEnvironmentError, match="several keys could sign") as caught:
        signing_key(visit())

    assert "user.signingkey" in caught.value.hint
