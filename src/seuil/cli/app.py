"""One screen of commands, and what is common to them: exit codes, errors in plain words, interruption.

Exit codes: 0 done; 1 a problem with the data or the proof; 2 wrong use; 128 + n interrupted by signal n (130: Ctrl-C).
"""

import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from seuil import __version__
from seuil.cli import archive, audit, build, check, demo, explain, protect, release, serve, verify
from seuil.cli.interrupt import ignore_further, interrupts_as_such, keep_interrupts, last_signal
from seuil.cli.output import say_error, wants_json
from seuil.cli.parsed import in_plain_words
from seuil.cli.startup import start_quickly
from seuil.model.errors import SeuilError, UsageError
from seuil.workflow.lifeline import end_with_starter

INTERRUPTED = 128 + signal.SIGINT
KEPT = {
    "build": "steps that were finished are kept in the workspace; the same command goes on from there",
    "demo": "steps that were finished are kept in the demo's folder; the same command goes on from there",
    "release": "the archive serves what it served before, or the new release whole; run the same command again",
}

app = typer.Typer(
    epilog="Exit codes: 0 done, 1 a problem with the data or the proof, 2 wrong use, 130 interrupted (143: SIGTERM).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
app.command()(demo.demo)
app.command()(check.check)
app.command()(build.build)
app.command()(protect.protect)
app.command()(explain.explain)
app.command()(audit.audit)
app.add_typer(release.app, name="release")
app.add_typer(archive.app, name="archive")
app.command()(verify.verify)
app.command()(serve.serve)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"seuil {__version__}")
        raise typer.Exit


@app.callback()
def seuil(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """From confidential records to open data that is proved safe, signed and served."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    keep_interrupts()
    end_with_starter()
    start_quickly()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code. Whatever a person can put right is told in plain words."""
    as_json = wants_json(arguments)
    try:
        with interrupts_as_such():
            code = int(app(list(arguments), prog_name="seuil", standalone_mode=False) or 0)
    except SeuilError as error:
        say_error(str(error), as_json=as_json, code=error.exit_code)
        return error.exit_code
    except OSError as error:
        # Of a file or folder that a person named: it can't be read or made, or the disk is full.
        if error.strerror is None or (error.filename is None and error.errno != errno.ENOSPC):
            raise
        where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "  # writing names no file
        expected = "a place that can be read and written"
        if error.errno == errno.ENOSPC:
            expected = "more room: the disk is full that is written to"
        message = f"{where}{error.strerror}; expected {expected}"
        say_error(message, as_json=as_json, code=UsageError.exit_code)
        return UsageError.exit_code
    except TyperException as error:
        # Raised by the parser: the user's mistake, and its own words say which option
        say_error(
            in_plain_words(error.format_message()),
            as_json=as_json,
            code=2,
            hint=f"{' '.join(_command(arguments))} --help",
        )
        return 2
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    if code == INTERRUPTED:  # also how Typer tells of an interrupt
        ignore_further()
        code = 128 + last_signal()
        kept = KEPT.get(arguments[0] if arguments else "", "nothing was left half done")
        say_error(f"interrupted: {kept}", as_json=as_json, code=code)
    return code


def _command(arguments: Sequence[str]) -> list[str]:
    """The words of the command that was meant, for a hint."""
    names = {info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands} | {
        "release",
        "archive",
    }
    return ["seuil", *[word for word in arguments[:1] if word in names]]
