"""Which publication policy holds: the one that is named, or the one that lies where the work is done.

    build     --policy; `policy.yaml` beside the definitions or in the folder above; the workspace's; the built-in one
    propose   --policy; the workspace's; that of the release that is served; the built-in one

`build` leaves the policy that it found in the workspace, so that `propose` signs the same.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from seuil.archive.layout import DATASETS
from seuil.archive.problem import Problem
from seuil.archive.release import Release
from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.policy import POLICY, PolicyFile, judge, line_of, policy_beside, read_policy
from seuil.publish.disk import PRIVATE, put
from seuil.workflow.workspace import Workspace


def policy_of_build(named: Path | None, definitions: Sequence[Path], workspace: Workspace) -> PolicyFile:
    """The policy of a build. Raises UsageError if two definitions lie beside different ones, and none is named."""
    found = named
    if found is None:
        beside = {policy.resolve(): policy for policy in map(policy_beside, definitions) if policy is not None}
        if len({path.read_bytes() for path in beside}) > 1:
            names = " and ".join(map(str, beside.values()))
            raise UsageError(f"{names}: two publication policies; a release has one: name it with --policy")
        found = next(iter(beside.values()), None) or _existing(workspace)
    return read_policy(found)


def keep_policy(policy: PolicyFile, workspace: Workspace) -> None:
    """Leave a policy that was found in the workspace; the built-in one needn't be kept."""
    place = workspace.folder / POLICY
    if not policy.is_built_in and not (place.exists() and place.read_bytes() == policy.content):
        put(PRIVATE, place, [policy.content])


def policy_of_release(named: Path | None, workspace: Workspace, served: Release | None) -> PolicyFile:
    """The policy that a release is proposed with. Raises DefinitionError if it can't be read."""
    found = named or _existing(workspace)
    if found is None and served is not None:
        found = served.files.get(POLICY)
    return read_policy(found)


def policy_problems(dataset: Dataset, policy: PolicyFile, named: str, *, own: bool) -> Iterator[Problem]:
    """What the definition of a released dataset asks for below a policy, which messages call `named`.

    own: whether the policy is that of the release, so that exceptions which the definition claims count.
    """
    for violation in judge(dataset.definition, policy.policy, own_exceptions=own).violations:
        file = f"{DATASETS}/{dataset.id}/definition.yaml:{line_of(violation.field, dataset.path)}"
        found = f"asks for {'.'.join(violation.field)} {violation.found}"
        limit = f"{named}:{line_of(violation.limit, policy.path)}: {'.'.join(violation.limit)}"
        yield Problem(file, found, f"{violation.expected} ({limit})")


def _existing(workspace: Workspace) -> Path | None:
    place = workspace.folder / POLICY
    return place if place.is_file() else None
