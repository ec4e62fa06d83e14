"""Signs a proposal. A release needs the statistician and the checker, each with a key of their own."""

from dataclasses import dataclass
from pathlib import Path

from tuf.api.exceptions import UnsignedMetadataError

from seuil.archive.strict import metadata_bytes, signer_name
from seuil.archive.tufapi import Targets, VerificationResult
from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.disk import PRIVATE, exclusive, put
from seuil.publish.proposal import LIST, Proposal, check_content, read_proposal
from seuil.publish.sslibapi import Signer


@dataclass(frozen=True)
class Signatures:
    """Who has signed a proposal, who has not, and how many are needed. Names are in alphabetical order."""

    release: int
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    needed: int

    @property
    def complete(self) -> bool:
        """Whether the release can be published."""
        return len(self.signed) >= self.needed

    def __str__(self) -> str:
        by = f" ({', '.join(self.signed)})" if self.signed else ""
        return f"release {self.release}: {len(self.signed)} of {self.needed} signatures{by}"


def sign(proposal_dir: Path, signer: Signer) -> Signatures:
    """Add one signature to a proposal, after comparing its files with the list that is signed.

    Signing twice with one key counts once. Raises ReleaseError if the content or the list was altered since it was
    proposed or signed, UsageError if the key is not one that signs releases.
    """
    with exclusive(proposal_dir, "another signature"):
        proposal = read_proposal(proposal_dir)
        if signer.public_key.keyid not in proposal.root.roles[Targets.type].keyids:
            name = signer_name(proposal.root, signer.public_key.keyid)
            raise UsageError(f"the key of the {name} does not sign releases; those of statistician and checker do")
        if proposal.targets.signatures:
            _check_earlier(proposal)
        check_content(proposal)
        try:
            proposal.targets.sign(signer, append=True)
        except UnsignedMetadataError as error:
            raise UsageError(f"the key could not sign: {error}") from error
        put(PRIVATE, proposal_dir / LIST, [metadata_bytes(proposal.targets)])
    return status(proposal_dir)


def status(proposal_dir: Path) -> Signatures:
    """Who has signed so far; signatures that are not valid don't count. Raises ReleaseError if it can't be read."""
    proposal = read_proposal(proposal_dir)
    result = _result(proposal)
    signed, unsigned = (
        tuple(sorted(signer_name(proposal.root, keyid) for keyid in keys)) for keys in (result.signed, result.unsigned)
    )
    return Signatures(proposal.release, signed, unsigned, result.threshold)


def _result(proposal: Proposal) -> VerificationResult:
    targets = proposal.targets
    return proposal.root.get_verification_result(Targets.type, targets.signed_bytes, targets.signatures)


def _check_earlier(proposal: Proposal) -> None:
    """A signature that no longer fits means that what was signed is not what lies here."""
    strange = sorted(set(proposal.targets.signatures) - set(_result(proposal).signed))
    if strange:
        name = signer_name(proposal.root, strange[0])
        raise ReleaseError(f"{proposal.folder / LIST}: the signature of the {name} does not fit; the list was altered")
