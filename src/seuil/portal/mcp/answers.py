"""What each tool answers."""

from pydantic import BaseModel, Field

from seuil.portal.mcp.values import Value


class Found(BaseModel):
    """A dataset of the catalogue."""

    id: str
    title: str
    description: str
    unit: str = Field(description="Whom the figures count.")
    first_period: int
    last_period: int
    rows: int
    proved: bool = Field(description="Whether it is proved that no hidden figure can be worked out.")
    fictitious: bool = Field(description="Whether the data are made up.")
    page: str


class Datasets(BaseModel):
    """Datasets that match."""

    release: int
    datasets: list[Found]


class DimensionTold(BaseModel):
    """A dimension. Its total is a row of its own, beside its parts."""

    name: str
    label: str
    fields: list[str] = Field(description="The columns by which a query tells its nodes apart.")
    parts: str = Field(description="`additive`: parts share nobody. `overlapping`: somebody may be in several parts.")
    total: str = Field(description="The filter for the rows that are the total over this dimension.")
    levels: list[str]
    nodes: int


class MeasureTold(BaseModel):
    """A measure."""

    name: str
    label: str
    kind: str
    unit: str
    fields: list[str] = Field(description="The columns that show it.")


class Description(BaseModel):
    """A dataset, what its rows are, and how to read it."""

    id: str
    title: str
    description: str
    purpose: str
    licence: str
    period_field: str | None
    periods: list[int]
    dimensions: list[DimensionTold]
    measures: list[MeasureTold]
    fields: list[str]
    hidden: str = Field(description="What a hidden value is.")
    totals: str = Field(description="Which rows are totals, and what must not be added.")
    guarantee: str
    example: str = Field(description="A call of `query` that works.")


class Code(BaseModel):
    """A node of a dimension."""

    code: str
    label: str
    level: str
    where: str = Field(description="The filter for it.")


class Codes(BaseModel):
    """Nodes that match, in the order of the code list. left_out: how many more match."""

    codes: list[Code]
    left_out: int


class Warning(BaseModel):
    """A sum that adds what can't be added. where: the filter that would be right, if there is one."""

    code: str
    message: str
    where: str | None


class Rows(BaseModel):
    """Rows of an answer. A value that is hidden, missing or partial is an object that says so in `kind`."""

    total_count: int | None = Field(description="Rows that match, whatever the limit; null with groups.")
    rows: list[dict[str, Value]]
    warnings: list[Warning]
    release: int
    address: str = Field(description="The same question to the API.")


class Verify(BaseModel):
    """How anybody can check a figure, and that it gives nobody away."""

    release: int
    file: str = Field(description="The signed file that holds the figure.")
    sha256: str
    download: str
    proof: str
    command: str


class Figure(BaseModel):
    """One figure. page: to cite; it shows for ever what this release says."""

    value: Value
    label: str
    unit: str
    stands_for: str
    page: str
    address: str
    verify: Verify
