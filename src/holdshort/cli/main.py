"""The command group, loaded lazily, and the one boundary where errors become exit codes.

In: the command line. Out: an exit code of the table in `docs/exit-codes.md`. Commands are
imported when they are called, so that `--version` and the first frame stay quick.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click

from holdshort import __version__
from holdshort.cli.console import Console, failed, report_crash
from holdshort.errors import ExitCode, HoldshortError, MissingEnvironmentError

COMMANDS = {
    "review": "Walk the checklist; resumes where you left off.",
    "answer": "Answer one question without a screen.",
    "sign": "Seal, sign and commit the review.",
    "status": "Where this review stands, question by question.",
    "next": "The shortest list of actions to ready.",
    "check": "Run the auto-checks alone.",
    "history": "When did each auto-check stop passing?",
    "explain": "Say what an auto-check looks at and why.",
    "verify": "Decide whether the signed reviews clear the release.",
    "show": "Show the signed reviews of a release.",
    "payload": "Print the exact bytes that are signed.",
    "init": "Write and commit the trust root: who may sign, and by which rules.",
    "drafts": "List or delete drafts.",
    "demo": "Review the embedded sample repository.",
}
"""Every command and its one-line help; the module has the command's name."""


class LazyGroup(click.Group):
    """A click group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"holdshort.cli.commands.{cmd_name}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.option(
    "--repo",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="PATH",
    help="The repository to review; default: the one around this folder.",
)
@click.option("--plain", is_flag=True, help="Lines of text instead of a screen.")
@click.option("--no-input", is_flag=True, help="Never ask; fail with the command to type.")
@click.version_option(__version__, message="holdshort %(version)s")
@click.pass_context
def group(ctx: click.Context, repo: Path, plain: bool, no_input: bool) -> None:
    """Review a machine-learning model before its release, sign the review, verify it.

    Without a command: the home screen of this repository.
    """
    ctx.obj = Console(repo=repo, plain=plain, no_input=no_input)
    if ctx.invoked_subcommand is None:
        from holdshort.cli.commands.review import open_screen  # noqa: PLC0415 - lazy by design

        ctx.exit(open_screen(ctx.obj, straight=False))


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code; never raises."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    out = sys.stdout
    try:
        _refuse_windows()
        result = group.main(args=arguments, prog_name="holdshort", standalone_mode=False)
        sys.stdout.flush()
    except (HoldshortError, click.ClickException) as error:
        return _told(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Everything answered is saved.", err=True)
        return 130
    except (SystemExit, OSError) as error:
        return _cut_off(error, out)
    except Exception as error:  # noqa: BLE001 - the one boundary: a defect becomes a report
        return report_crash(error)
    return result if isinstance(result, int) else ExitCode.DONE


def _told(error: HoldshortError | click.ClickException) -> int:
    if isinstance(error, HoldshortError):
        return failed(error)
    error.show()
    return error.exit_code


def _cut_off(error: SystemExit | OSError, out: TextIO) -> int:
    """Return the code for output that nobody takes, or a machine that gives no more.

    Click turns a broken pipe into `SystemExit(1)`, which is the gate's own no; it can be told by
    the wrapper that click has put around stdout.
    """
    if isinstance(error, BrokenPipeError) or sys.stdout is not out:
        sys.stdout = out
        return _silenced(141)
    if isinstance(error, SystemExit):
        raise error
    if error.errno not in _OUTSIDE:
        return report_crash(error)
    place = f": {error.filename}" if error.filename else ""
    return _silenced(failed(MissingEnvironmentError(f"{error.strerror}{place}", _KEPT)))


_OUTSIDE = {errno.EACCES, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENOSPC, errno.EROFS}
"""Faults of the machine and not of this program."""

_KEPT = "What was saved before is kept. Make room, or set the permission, and try again."


def _silenced(code: int) -> int:
    """Return a code after turning stdout away: what is left in its buffer cannot be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _refuse_windows() -> None:
    if sys.platform == "win32":
        raise MissingEnvironmentError("holdshort does not run on Windows", "Use it in WSL.")
