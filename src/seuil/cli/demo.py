"""`seuil demo`: the whole way, on made-up and public data, and the portal at its end."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seuil.cli.output import Json, number, show, table
from seuil.cli.serve import Port, run_portal
from seuil.model.errors import UsageError

if TYPE_CHECKING:
    from seuil.workflow.demo import Demo, Stage

NICENESS = 10
"""By how much the making of earlier years gives way to the portal."""


def demo(
    folder: Annotated[Path, typer.Option(help="Where everything of the demo goes.")] = Path("demo"),
    scale: Annotated[float, typer.Option(min=0.001, max=1.0, help="Share of the country's people.")] = 0.1,
    whole: Annotated[bool, typer.Option(help="Every line of the code lists, one year at a time.")] = False,
    years: Annotated[
        str | None, typer.Option(help="How many of the last years, or `all`; by default 2, and all while it serves.")
    ] = None,
    serve: Annotated[bool, typer.Option(help="Serve the portal once the last years are published.")] = True,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that work at the same time.")] = 2,
    brief: Annotated[bool, typer.Option(help="Tell of years, not of each step.")] = False,
    json: Json = False,
) -> int:
    """Make up records, build, protect, prove, sign, publish, verify and serve: everything, in one command.

    Datasets from made-up records and from real, public ones, and real tables that were published elsewhere. The demo
    makes both keys for itself. The last two years come first; while the portal serves them, earlier years are built and
    released one after another. What is unchanged since an earlier run is reused, and a run that was stopped goes on
    where it was. Run it in a checkout.

    Example: seuil demo --no-serve --years all
    """
    from seuil.cli.screen import watching
    from seuil.workflow.demo import FIRST, SUBJECT
    from seuil.workflow.demo import demo as run
    from seuil.workflow.demo_datasets import contents_of_checkout
    from seuil.workflow.lifeline import beside

    wanted = _years(years or ("all" if serve else str(FIRST)))
    at_once = 1 if whole else FIRST
    now = min(at_once, wanted or at_once) if serve else wanted
    contents = contents_of_checkout(whole=whole)
    with watching(lines=True, only=lambda event: not brief or event.subject == SUBJECT) as tell:
        made = run(folder, scale=scale, years=now, contents=contents, at_once=at_once, workers=workers, tell=tell)
    show(_content(made), _lines(made), as_json=json)
    if made.verdict is not None and not made.verdict.ok:
        return 1
    if not serve:
        return 0
    command = [sys.executable, "-I", "-m", "seuil", "demo", "--folder", str(folder), "--scale", str(scale)]
    command += ["--whole"] if whole else []
    command += ["--years", years or "all", "--no-serve", "--workers", str(workers), "--brief"]
    if len(made.years) >= (wanted or len(contents.years())):
        return run_portal(made.archive, port, state=folder / "state")
    print("earlier years are built meanwhile; each appears once it is released", flush=True)
    with beside(command, niceness=NICENESS):
        return run_portal(made.archive, port, state=folder / "state")


def _years(text: str) -> int | None:
    """How many years are asked for, None for all. Raises UsageError."""
    if text == "all":
        return None
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--years {text}: expected a number of years, or all")
    return int(text)


def _content(made: "Demo") -> dict[str, Any]:
    problems = () if made.verdict is None else made.verdict.problems
    verified = {} if made.verdict is None else made.verdict.seconds
    return {
        "release": made.stages[-1].release,
        "verified": not problems,
        "problems": [str(problem) for problem in problems],
        "stages": [asdict(stage) for stage in made.stages],
        "datasets": [
            {"dataset": b.dataset, "verify_seconds": verified.get(b.dataset)}
            | asdict(b.tables.whole)
            | {"periods": {str(period): asdict(summary) for period, summary in b.periods.items()}}
            for b in made.built
        ],
    }


def _lines(made: "Demo") -> list[str]:
    head = ["dataset", "figures", "small*", "hidden", "loss", "protect", "audit"]
    rows = []
    for b in made.built:
        written = b.tables.whole
        loss = f"{100 * written.hidden / written.cells:.1f} %" if written.cells else ""
        row = [b.dataset, number(written.cells), "", number(written.hidden), loss]
        if b.periods:
            row[2] = number(sum(sum(summary.small.values()) for summary in b.periods.values()))
            row += [f"{sum(s.seconds[stage] for s in b.periods.values()):.1f} s" for stage in ("protect", "audit")]
        else:
            row += ["published elsewhere", ""]
        rows.append(row)
    return [
        *table(head, rows),
        "* How many figures are small is confidential; it is shown here since these records are made up or public.",
        *(_stage(stage) for stage in made.stages),
        *_verdict(made),
    ]


def _stage(stage: "Stage") -> str:
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stage.seconds.items())
    what = f"published with {', '.join(map(str, stage.years))}" if stage.years else "unchanged, served as it is"
    return f"release {stage.release}: {what}; took {took}"


def _verdict(made: "Demo") -> list[str]:
    if made.verdict is None:
        return ["verified by an earlier run; no byte of this release has changed since"]
    if made.verdict.ok:
        return ["verified: signatures, every byte, every proof"]
    return ["verification failed:", *(f"  {problem}" for problem in made.verdict.problems)]
