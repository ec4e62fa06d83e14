"""The tools as the official SDK's server has them. Imported when somebody first asks: the SDK takes seconds."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from seuil.model.errors import SeuilError
from seuil.portal.mcp.answers import Codes, Datasets, Description, Figure, Rows
from seuil.portal.mcp.tools import MOST_GROUPS, MOST_ROWS, ORIGIN, Tools
from seuil.portal.store import Store

INSTRUCTIONS = """\
Open statistics on health. Find a dataset, describe it, find codes, then query it or ask for one figure. Hidden figures
(kind "hidden", code NS) are neither zero nor missing nor necessarily small: say that they are hidden, and their bounds.
Totals are rows beside their parts: filter on the total instead of adding. Cite a figure with the `page` that `figure`
gives. Where a dataset is fictitious, say so.
"""
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_Answer = TypeVar("_Answer")
DatasetId = Annotated[str, Field(description="The id that `find_datasets` gives.")]


def make_manager(store: Store, most_bytes: int) -> StreamableHTTPSessionManager:
    """What answers requests without sessions. most_bytes: of a request."""
    server = make_server(store)
    server.streamable_http_app(
        json_response=True, stateless_http=True, max_request_body_size=most_bytes, host="0.0.0.0"
    )
    return server.session_manager


def make_server(store: Store) -> MCPServer:
    """The server with its tools."""
    server = MCPServer(
        "seuil", title="Open health data", instructions=INSTRUCTIONS, version=version("seuil"), log_level="WARNING"
    )

    async def ask(question: Callable[[Tools], _Answer]) -> _Answer:
        tools = Tools(store.served(), ORIGIN.get(""))
        try:
            return await run_in_threadpool(question, tools)
        except SeuilError as error:
            raise ToolError(str(error)) from None

    @server.tool(title="Find datasets", annotations=_READ_ONLY)
    async def find_datasets(
        text: Annotated[
            str, Field(description="Words of title or description, in French; all datasets if empty.")
        ] = "",
    ) -> Datasets:
        """Find datasets. Start here."""
        return await ask(lambda tools: tools.find_datasets(text))

    @server.tool(title="Describe a dataset", annotations=_READ_ONLY)
    async def describe_dataset(dataset_id: DatasetId) -> Description:
        """Tell the columns of a dataset, which rows are totals, and what a hidden value is. Read it before a query."""
        return await ask(lambda tools: tools.describe(dataset_id))

    @server.tool(title="Find codes", annotations=_READ_ONLY)
    async def find_codes(
        dataset_id: DatasetId,
        dimension: Annotated[str, Field(description="A name that `describe_dataset` gives.")],
        text: Annotated[str, Field(description="Part of a code or of a label, in French or English.")] = "",
    ) -> Codes:
        """Find the codes of territories, conditions, ages..., each with the filter that asks for it."""
        return await ask(lambda tools: tools.find_codes(dataset_id, dimension, text))

    @server.tool(title="Query a dataset", annotations=_READ_ONLY)
    async def query(
        dataset_id: DatasetId,
        select: Annotated[str, Field(description="ODSQL: `annee, sum(ntop) as n`; all columns if empty.")] = "",
        where: Annotated[str, Field(description="ODSQL: `annee = date'2023' and dept = \"75\"`.")] = "",
        group_by: Annotated[str, Field(description="ODSQL: `annee`.")] = "",
        order_by: Annotated[str, Field(description="ODSQL: `n desc`.")] = "",
        limit: Annotated[int, Field(ge=0, le=MOST_GROUPS, description=f"At most {MOST_ROWS} rows.")] = 20,
        offset: Annotated[int, Field(ge=0)] = 0,
    ) -> Rows:
        """Ask for rows or groups, in ODSQL, the language of the Explore API v2.1."""
        return await ask(lambda tools: tools.query(dataset_id, select, where, group_by, order_by, limit, offset))

    @server.tool(title="One figure", annotations=_READ_ONLY)
    async def figure(
        dataset_id: DatasetId,
        measure: Annotated[str, Field(description="A name that `describe_dataset` gives.")],
        period: Annotated[int, Field(description="Such as 2023.")],
        codes: Annotated[
            dict[str, str] | None, Field(description="Codes by dimension; the total of a dimension that isn't named.")
        ] = None,
    ) -> Figure:
        """Give one figure with what it stands for, its bounds if it is hidden, a page to cite, and how to verify it."""
        return await ask(lambda tools: tools.figure(dataset_id, measure, period, codes or {}))

    return server
