"""`seuil demo`: the whole way, on made-up and public data, and the portal at its end."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seuil.cli.output import Json, number, show, table
from seuil.cli.serve import Port, run_portal

if TYPE_CHECKING:
    from seuil.workflow.demo import Demo


def demo(
    folder: Annotated[Path, typer.Option(help="Where everything of the demo goes.")] = Path("demo"),
    scale: Annotated[float, typer.Option(min=0.001, max=1.0, help="Share of the country's people.")] = 0.1,
    serve: Annotated[bool, typer.Option(help="Serve the portal at the end.")] = True,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that work at the same time.")] = 2,
    json: Json = False,
) -> int:
    """Make up records, build, protect, prove, sign, publish, verify and serve: everything, in one command.

    Three datasets from records (two made up, one real and public) and real tables that were published elsewhere. The
    demo makes both keys for itself. What is unchanged since an earlier run is reused. Run it in a checkout.

    Example: seuil demo --no-serve
    """
    from seuil.cli.screen import watching
    from seuil.workflow.demo import demo as run

    with watching(lines=True) as tell:
        made = run(folder, scale=scale, workers=workers, tell=tell)
    show(_content(made), _lines(made), as_json=json)
    if not made.verdict.ok:
        return 1
    return run_portal(made.archive, port, state=folder / "state") if serve else 0


def _content(made: "Demo") -> dict[str, Any]:
    return {
        "release": made.release,
        "new": made.published,
        "verified": made.verdict.ok,
        "problems": [str(problem) for problem in made.verdict.problems],
        "seconds": made.seconds,
        "datasets": [
            {"dataset": b.dataset, "verify_seconds": made.verdict.seconds.get(b.dataset)}
            | asdict(b.written)
            | {"periods": {str(period): asdict(summary) for period, summary in b.periods.items()}}
            for b in made.built
        ],
    }


def _lines(made: "Demo") -> list[str]:
    head = ["dataset", "figures", "small*", "hidden", "loss", "protect", "audit", "verify"]
    rows = []
    for b in made.built:
        written = b.written
        loss = f"{100 * written.hidden / written.cells:.1f} %" if written.cells else ""
        if not b.periods:
            rows.append(
                [b.dataset, number(written.cells), "", number(written.hidden), loss, "", "", "published elsewhere"]
            )
            continue
        small = sum(sum(summary.small.values()) for summary in b.periods.values())
        seconds = [f"{sum(s.seconds[stage] for s in b.periods.values()):.1f} s" for stage in ("protect", "audit")]
        verify = f"{made.verdict.seconds.get(b.dataset, 0.0):.1f} s"
        rows.append([b.dataset, number(written.cells), number(small), number(written.hidden), loss, *seconds, verify])
    took = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in made.seconds.items())
    state = "published" if made.published else "unchanged, served as it is"
    return [
        *table(head, rows),
        "* How many figures are small is confidential; it is shown here since these records are made up or public.",
        f"release {made.release}: {state}; took {took}",
        "verified: signatures, every byte, every proof"
        if made.verdict.ok
        else "\n".join(["verification failed:", *(f"  {problem}" for problem in made.verdict.problems)]),
    ]
