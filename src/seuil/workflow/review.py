"""Look at a proposal once more before somebody signs it: what `verify` would find, while it can be helped.

A proposal lies for days in a folder that the statistician can write to. So whoever signs has every proof verified and
the certificate made anew by their own program, from the files that they sign.
"""

from pathlib import Path

from seuil.archive.collection import Files
from seuil.archive.layout import FIELD
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, Certificate, read_certificate
from seuil.model.errors import ProofError, UsageError
from seuil.publish.proposal import check_content, read_proposal
from seuil.workflow.certificate import Head, certificate_of, certificate_problems, release_before, text_problems
from seuil.workflow.changes import changes_problems
from seuil.workflow.progress import Tell, silent
from seuil.workflow.release_check import check_files, collections_of
from seuil.workflow.release_files import CATALOGUE
from seuil.workflow.same_people import counted_in, ever_published, same_people_problems
from seuil.workflow.vintages import history_problems
from seuil.workflow.workspace import ARCHIVE, Workspace

NAMED = 10


def review(proposal_dir: Path, archive: Path | None = None, *, workers: int = 2, tell: Tell = silent) -> None:
    """Check the content of a proposal and its certificate. Raises ProofError that names what is wrong.

    archive: where the releases before lie; by default the one that the workspace of the proposal remembers. Without
    any, what the certificate says of the release before is taken from it. Raises ReleaseError if files are not as
    listed.
    """
    proposal = read_proposal(proposal_dir)
    check_content(proposal)
    files = {name: proposal.content / name for name in proposal.targets.signed.targets}
    said = proposal.targets.signed.unrecognized_fields.get(FIELD, {})
    head = Head(proposal.release, str(said.get("proposed", "")), str(said.get("note", "")))
    place = archive or _remembered(proposal_dir)
    checked = check_files(files, workers=workers, tell=tell)
    problems = [*checked.problems, *text_problems(files, head.proposed)]
    if not problems:
        problems += same_people_problems([*counted_in(files), *ever_published(place)])
        before = None if place is None else release_before(place, head.release)
        made = certificate_of(files, checked, head, before)
        problems += certificate_problems(files, made if place is not None else _as_said(made, files))
        if place is not None:
            names = list(collections_of(read_catalogue(files[CATALOGUE].read_bytes())))
            problems += history_problems(place, files, names, head.release)
            problems += changes_problems(place, files, head.release)
    if problems:
        lines = [f"  {problem}" for problem in problems[:NAMED]]
        lines += [f"  and {len(problems) - NAMED} more"] if len(problems) > NAMED else []
        raise ProofError("\n".join(["nothing is signed, since this does not hold:", *lines]))


def _remembered(proposal_dir: Path) -> Path | None:
    """The archive of the workspace in which a proposal lies; None if it lies in none, or that archive is not here."""
    folder = proposal_dir.resolve().parent.parent
    try:
        return Workspace(folder).archive if (folder / ARCHIVE).is_file() else None
    except UsageError:
        return None


def _as_said(made: Certificate, files: Files) -> Certificate:
    """The certificate with what it says of the release before, which nothing here can tell."""
    if CERTIFICATE not in files or made.release == 1:
        return made
    said = read_certificate(files[CERTIFICATE].read_bytes())
    policy = made.policy.model_copy(update={"since": said.policy.since, "lowered": said.policy.lowered})
    return made.model_copy(update={"previous": said.previous, "left_out": said.left_out, "policy": policy})
