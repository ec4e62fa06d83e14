"""`seuil verify`: a whole release, from its folder alone."""

from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.output import Json, number, show


def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of an archive.")],
    root: Annotated[
        Path | None, typer.Option(help="A root of trust that you kept; by default the archive's own.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that check proofs at the same time.")] = 2,
    json: Json = False,
) -> int:
    """Check signatures, every byte, and the proof of every dataset by multiplication; name whatever is wrong.

    Nothing but the folder is read, and nothing in it is trusted but what two people have signed. Exit code 1 if
    anything is wrong. Keep a copy of `root.json` from the first time that you see an archive, and give it with --root.

    Example: seuil verify demo/archive
    """
    from seuil.cli.screen import watching
    from seuil.model.errors import UsageError
    from seuil.workflow.verify import verify_folder

    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; right would be that of an archive")
    if root is not None and not root.is_file():
        raise UsageError(f"{root}: no such file; right would be a root.json that you kept")
    trusted = root.read_bytes() if root is not None else None
    with watching() as tell:
        verdict = verify_folder(folder, trusted_root=trusted, workers=workers, tell=tell)
    content = {
        "ok": verdict.ok,
        "release": verdict.release,
        "files": verdict.files,
        "bytes": verdict.bytes,
        "proved": verdict.proved,
        "problems": [{"file": p.file, "found": p.found, "expected": p.expected} for p in verdict.problems],
    }
    lines = [f"  {problem}" for problem in verdict.problems]
    if verdict.ok:
        lines = [
            f"release {verdict.release}: signed by both, {number(verdict.files)} files as they were signed",
            f"proofs that hold: {', '.join(verdict.proved) or 'none needed'}",
        ]
    else:
        lines.insert(0, f"NOT as it should be: {len(verdict.problems)} problems")
    show(content, lines, as_json=json)
    return 0 if verdict.ok else 1
