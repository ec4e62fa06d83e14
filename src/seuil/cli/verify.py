"""`seuil verify`: a whole release from its folder alone, or one protected table and its proof."""

from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.by_hand import Delimiter, Encoding, forbid, read_table, require
from seuil.cli.output import Json, number, show


def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of an archive, or a protected table (CSV).")],
    definition: Annotated[Path | None, typer.Option(help="The definition of a protected table.")] = None,
    proof: Annotated[Path | None, typer.Option(help="The folder of its proof.")] = None,
    codes: Annotated[
        Path | None, typer.Option(help="A file with the columns of all levels: what is under what.")
    ] = None,
    period: Annotated[int | None, typer.Option(help="The period, where the definition has several.")] = None,
    root: Annotated[
        Path | None, typer.Option(help="A root of trust that you kept; by default the archive's own.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A publication policy of your own, beside that of the release.")
    ] = None,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that check proofs at the same time.")] = 2,
    json: Json = False,
) -> int:
    """Check signatures, every byte, every proof and every definition; print the certificate, or what is wrong.

    Nothing but the folder is read, and nothing in it is trusted but what two people have signed. Exit code 1 if
    anything is wrong. Proofs are checked by multiplication, definitions against the publication policy that is signed
    with the release, and against one of your own if --policy names it: exceptions count then only if that one grants
    them. The certificate says what is promised and proved of each dataset and year. Keep a copy of `root.json` from the
    first time that you see an archive, and give it with --root.

    A table of `seuil protect`: with its --definition and its --proof, whether every hidden figure is proved.

    Example: seuil verify demo/archive
    """
    from seuil.cli.certificate import as_json, certificate_lines, is_terminal
    from seuil.cli.screen import watching
    from seuil.model.errors import UsageError
    from seuil.workflow.verify import verify_folder

    if definition is not None:
        forbid({"--root": root, "--policy": policy}, "a protected table")
        return _by_hand(folder, definition, proof, codes, period, encoding, delimiter, json)
    forbid({"--proof": proof, "--codes": codes, "--period": period}, "an archive")
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; expected that of an archive")
    if root is not None and not root.is_file():
        raise UsageError(f"{root}: no such file; expected a root.json that you kept")
    trusted = root.read_bytes() if root is not None else None
    with watching() as tell:
        verdict = verify_folder(folder, trusted_root=trusted, policy=policy, workers=workers, tell=tell)
    content = {
        "ok": verdict.ok,
        "release": verdict.release,
        "files": verdict.files,
        "bytes": verdict.bytes,
        "proved": verdict.proved,
        "problems": [{"file": p.file, "found": p.found, "expected": p.expected} for p in verdict.problems],
        "certificate": as_json(verdict.certificate, verdict.served),
    }
    lines = []
    if not verdict.ok:
        count = len(verdict.problems)
        lines = [f"verification failed: {count} problem{'s' if count > 1 else ''}"]
        lines += [f"  {problem}" for problem in verdict.problems]
    if verdict.certificate is not None and not json:
        lines += certificate_lines(verdict.certificate, verdict.served, rich=is_terminal())
    if verdict.ok:
        files = f"{number(verdict.files)} files as they were signed"
        lines.append(f"verified: {files}; proofs that hold: {', '.join(verdict.proved) or 'none needed'}")
    show(content, lines, as_json=json)
    return 0 if verdict.ok else 1


def _by_hand(
    table: Path,
    definition: Path,
    proof: Path | None,
    codes: Path | None,
    period: int | None,
    encoding: Encoding,
    delimiter: Delimiter,
    json: bool,
) -> int:
    from seuil.model.definition import Definition
    from seuil.model.reading import read_yaml
    from seuil.tables.audit import read_proofs, verify_given
    from seuil.tables.frame_input import read_given
    from seuil.tables.spec import spec_of

    require({"--proof": proof}, "a protected table")
    spec = spec_of(read_yaml(definition, Definition), definition, period)
    tree = read_given(codes, public=True) if codes is not None else None
    faults = verify_given(
        read_table(table, spec, encoding, delimiter, public=True), spec, read_proofs(proof or table), codes=tree
    )
    content = {
        "ok": not faults,
        "problems": [{"rule": f.rule, "base": f.base, "cell": f.cell, "found": f.found} for f in faults],
    }
    lines = [f"  {fault}" for fault in faults]
    if faults:
        lines.insert(0, f"verification failed: {number(len(faults))} problem{'s' if len(faults) > 1 else ''}")
    else:
        accepted = any(known.legacy for known in spec.definition.known)
        lines = [f"the proof holds: every hidden figure is safe{' but those accepted as legacy' if accepted else ''}"]
    show(content, lines, as_json=json)
    return 1 if faults else 0
