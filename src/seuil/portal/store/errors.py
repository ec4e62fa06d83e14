"""Why the store doesn't answer."""

from seuil.model.errors import SeuilError


class UnknownDatasetError(SeuilError):
    """The release has no dataset of that name."""

    def __init__(self, dataset_id: str) -> None:
        self.dataset_id = dataset_id
        super().__init__(f"The requested dataset {dataset_id} does not exist.")


class QueryTooCostlyError(SeuilError):
    """A query that takes more time or memory, or gives more rows, than one reader may have."""


class BusyError(SeuilError):
    """So many queries run at once that another one has to come later. `retry_seconds`: when."""

    def __init__(self, what: str, retry_seconds: int) -> None:
        self.retry_seconds = retry_seconds
        super().__init__(f"Too many {what} are running; try again in {retry_seconds} s.")


class AbortedError(SeuilError):
    """Nobody waits for the answer any more."""

    def __init__(self) -> None:
        super().__init__("The reader has left.")
