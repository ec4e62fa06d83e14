"""What all parts of a definition have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
DatasetId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Strict(BaseModel):
    """A frozen part of a definition; a field that it doesn't know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
