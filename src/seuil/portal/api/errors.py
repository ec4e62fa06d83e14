"""Why the API doesn't answer, beyond what the store and the query language say."""

from seuil.model.errors import SeuilError


class UnknownRecordError(SeuilError):
    """The dataset has no record of that identifier."""

    def __init__(self, record_id: str) -> None:
        super().__init__(f"The requested record {record_id} does not exist.")


class UnknownResourceError(SeuilError):
    """The address is no resource of the API. `where`: an address that is, for one that people may look for."""

    def __init__(self, path: str, where: str = "") -> None:
        hint = f" Expected {where}." if where else ""
        super().__init__(f"The requested resource {path} does not exist.{hint}")
