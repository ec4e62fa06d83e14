"""Options of the commands that count records."""

from typing import Annotated

import typer

Engine = Annotated[
    str | None,
    typer.Option(help="Where records are counted: an address, or a profile of profiles.yaml.", metavar="ADDRESS"),
]
Memory = Annotated[int | None, typer.Option(min=100, help="Memory for counting in this process, MB (1500).")]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads for counting in this process (one a core).")]
