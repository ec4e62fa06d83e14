"""What is wrong with a file of an archive, in plain words."""

from dataclasses import dataclass

from seuil.model.errors import ReleaseError


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: the file (path below the archive), what was found, what would be right."""

    file: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.found}; expected {self.expected}"


class ArchiveError(ReleaseError):
    """A release that can't be trusted because of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))
