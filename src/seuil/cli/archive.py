"""`seuil archive`: what an operator does to keep an archive open to its readers."""

from pathlib import Path
from typing import Annotated

import typer

from seuil.cli import clock
from seuil.cli.output import Json, show

app = typer.Typer(help="Keep an archive open to its readers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep an archive open to its readers."""


@app.command()
def refresh(
    archive: Annotated[Path, typer.Option(help="The folder of the archive.")],
    keys: Annotated[Path, typer.Option(help="The folder of the timestamp's key (mode 0700).")],
    json: Json = False,
) -> int:
    """Renew the timestamp: say for thirty days more that the release that is served is the newest.

    Without it no reader can open the archive thirty days after a publication, nor can a portal be started. It needs the
    key of the timestamp alone, which may lie in the public zone; run it once a week. A running portal takes it up.

    Example: seuil archive refresh --archive archive --keys keys
    """
    from seuil.archive.clock import text
    from seuil.publish.keys import load_signer
    from seuil.publish.publish import refresh_timestamp

    def ask() -> str:
        return str(typer.prompt("passphrase of the key of the timestamp", hide_input=True, err=True))

    until = refresh_timestamp(archive, load_signer(keys, "timestamp", ask), now=clock.now())
    line = f"{archive}: can be opened until {text(until)}"
    show({"archive": str(archive), "expires": text(until)}, [line], as_json=json)
    return 0
