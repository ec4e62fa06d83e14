"""`seuil release`: propose, review, sign, publish, withdraw."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seuil.cli import clock
from seuil.cli.output import Json, number, show

if TYPE_CHECKING:
    from seuil.publish.proposal import Proposal

app = typer.Typer(help="Propose, sign and publish releases: two people sign each.", no_args_is_help=True)

Archive = Annotated[Path, typer.Option(help="The folder of the archive.")]
Workspace = Annotated[Path, typer.Option(help="The confidential workspace.")]
Keys = Annotated[Path, typer.Option(help="A folder of keys (mode 0700).")]
Folder = Annotated[Path, typer.Argument(help="The folder of a proposal, as `propose` told it.", metavar="PROPOSAL")]
Note = Annotated[str, typer.Option(help="A public note on the release; it is signed with it.")]


@app.command()
def key(
    role: Annotated[str, typer.Argument(help="root, statistician, checker, snapshot or timestamp.")],
    keys: Keys,
    passphrase: Annotated[bool, typer.Option(help="Ask for a passphrase to keep the key under.")] = True,
    json: Json = False,
) -> int:
    """Make the key of a role. Each person makes their own, in a folder of their own; keys are never overwritten.

    `<role>.json` is the public half, which the archive's maker needs; `<role>.pem` never leaves its folder.

    Example: seuil release key checker --keys /media/mine/keys
    """
    from seuil.publish.keys import create_key

    words = typer.prompt("passphrase", hide_input=True, confirmation_prompt=True, err=True) if passphrase else None
    public = create_key(keys, role, passphrase=words)
    content = {"role": role, "keyid": public.keyid, "public": str(keys / f"{role}.json")}
    show(content, [f"key of the {role}: {public.keyid}", f"public half: {keys / f'{role}.json'}"], as_json=json)
    return 0


@app.command()
def init(archive: Archive, keys: Keys, json: Json = False) -> int:
    """Make an empty archive, whose root names the keys of all roles.

    KEYS holds the public halves (`<role>.json`) of all five roles, and the private key of the root.

    Example: seuil release init --archive archive --keys keys
    """
    from seuil.publish.keys import ROLES, load_signer, public_key
    from seuil.publish.repository import create_archive

    public = {role: public_key(keys, role) for role in ROLES}
    create_archive(archive, public, load_signer(keys, "root", _ask("root")), now=clock.now())
    show({"archive": str(archive)}, [f"{archive}: an empty archive; give its root.json to its readers"], as_json=json)
    return 0


@app.command()
def propose(
    workspace: Workspace,
    archive: Archive,
    datasets: Annotated[list[str] | None, typer.Argument(help="Datasets; all that are ready by default.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The publication policy to sign with it.")] = None,
    note: Note = "",
    new_vintage: Annotated[
        str | None, typer.Option(help="The public reason for years that `build --reissue` made anew.", metavar="REASON")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that check proofs at the same time.")] = 2,
    json: Json = False,
) -> int:
    """Propose a release: the datasets named, beside those that are served and stay as they are.

    Every file is read back, every proof verified and every definition held against the publication policy first: that
    of --policy, of the workspace, of the release that is served, or the built-in one. What does not hold is refused.
    The policy and the certificate of the release are files of it. A year that was published before has the same
    figures, unless it was built as a new vintage (`build --reissue`) and --new-vintage says why; the certificate tells.

    Example: seuil release propose --workspace /secure/workspace --archive archive patients
    """
    from seuil.cli.screen import watching
    from seuil.workflow import release

    with watching() as tell:
        proposal = release.propose(
            archive,
            workspace,
            datasets=datasets or (),
            policy=policy,
            now=clock.now(),
            note=note,
            new_vintage=new_vintage,
            workers=workers,
            tell=tell,
        )
    return _proposed(proposal, json)


@app.command()
def status(proposal: Folder, json: Json = False) -> int:
    """Say who has signed a proposal, what its certificate says, and which files are in it.

    The certificate is the one that is proposed; `seuil verify` makes it anew once the release is published.

    Example: seuil release status /secure/workspace/releases/release-2
    """
    from seuil.catalogue.certificate import CERTIFICATE, read_certificate
    from seuil.cli.certificate import certificate_lines, is_terminal
    from seuil.publish.proposal import check_content, read_proposal
    from seuil.publish.sign import status as read_status

    signatures, read = read_status(proposal), read_proposal(proposal)
    check_content(read)
    files = {name: target.length for name, target in sorted(read.targets.signed.targets.items())}
    path = read.content / CERTIFICATE
    certificate = read_certificate(path.read_bytes()) if path.is_file() else None
    content = {
        "release": signatures.release,
        "signed": signatures.signed,
        "unsigned": signatures.unsigned,
        "needed": signatures.needed,
        "complete": signatures.complete,
        "files": files,
        "certificate": None if certificate is None else certificate.model_dump(mode="json"),
    }
    lines = [str(signatures), *(f"  {number(length):>14}  {name}" for name, length in files.items())]
    if certificate is not None:
        lines = [lines[0], *certificate_lines(certificate, rich=is_terminal()), "", *lines[1:]]
    show(content, lines, as_json=json)
    return 0


@app.command()
def sign(
    proposal: Folder,
    keys: Keys,
    role: Annotated[str, typer.Option(help="statistician or checker.")],
    archive: Annotated[
        Path | None, typer.Option(help="The archive of the releases before; by default the workspace's.")
    ] = None,
    json: Json = False,
) -> int:
    """Sign a proposal with one's own key, after everything in it has been checked once more.

    All files are compared with the list that is signed, every proof is verified, and the certificate is made anew and
    compared. Where the archive is known, so are years that were published before.

    Example: seuil release sign /secure/workspace/releases/release-2 --keys /media/mine/keys --role checker
    """
    from seuil.cli.screen import watching
    from seuil.publish.keys import load_signer
    from seuil.publish.sign import sign as add_signature
    from seuil.workflow.review import review

    signer = load_signer(keys, role, _ask(role))
    with watching() as tell:
        review(proposal, archive, tell=tell)
    signatures = add_signature(proposal, signer)
    content = {"release": signatures.release, "signed": signatures.signed, "complete": signatures.complete}
    show(content, [str(signatures)], as_json=json)
    return 0


@app.command()
def publish(proposal: Folder, archive: Archive, keys: Keys, json: Json = False) -> int:
    """Publish a proposal that both have signed. Readers get the earlier release or the new one, never a mixture.

    KEYS holds the keys of snapshot and timestamp. Run again after a crash, it finishes.

    Example: seuil release publish /secure/workspace/releases/release-2 --archive archive --keys keys
    """
    from seuil.workflow import release

    number_ = release.publish(archive, proposal, keys, now=clock.now(), passphrase=_ask("snapshot or timestamp"))
    show({"release": number_, "archive": str(archive)}, [f"release {number_} is served by {archive}"], as_json=json)
    return 0


@app.command()
def withdraw(
    dataset: Annotated[str, typer.Argument(help="The dataset to take out.")],
    workspace: Workspace,
    archive: Archive,
    note: Note = "",
    json: Json = False,
) -> int:
    """Propose the release that is served without one of its datasets. It is signed and published like any other.

    What was published stays known: earlier releases stay in the archive. What is left is checked as by `propose`.

    Example: seuil release withdraw patients --workspace /secure/workspace --archive archive --note "wrong year"
    """
    from seuil.cli.screen import watching
    from seuil.workflow import release

    with watching() as tell:
        proposal = release.withdraw(archive, workspace, dataset, now=clock.now(), note=note, tell=tell)
    return _proposed(proposal, json)


def _proposed(proposal: "Proposal", as_json: bool) -> int:
    files = len(proposal.targets.signed.targets)
    content = {"release": proposal.release, "proposal": str(proposal.folder), "files": files}
    lines = [
        f"release {proposal.release} is proposed, {number(files)} files: {proposal.folder}",
        f"to be signed by both: seuil release sign {proposal.folder} --keys KEYS --role ROLE",
    ]
    show(content, lines, as_json=as_json)
    return 0


def _ask(role: str) -> Callable[[], str]:
    def ask() -> str:
        return str(typer.prompt(f"passphrase of the key of the {role}", hide_input=True, err=True))

    return ask
