"""What one reader may cost, in one place (docs/reference/api.md). Limits are refusals: no answer is silently cut."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    """Limits of the portal's queries; environment variables start with `SEUIL_`, such as `SEUIL_QUERY_SECONDS`.

    query_seconds: of one query, and how long it may wait for its turn. queries_at_once: further ones wait.
    export_seconds: of the engine for one export; the time that its reader takes doesn't count. exports_at_once: how
    many are made at a time; further ones wait, each client in turn. export_wait_seconds: how long one waits at most.
    exports_waiting: of one client. export_rows: of one export. batch_rows: rows of an export that are in memory at a
    time. spool_mb: of files that are being sent or kept, on disk. client_spool_mb: what one client may take up of them.
    memory_mb, temporary_mb: of all queries together, in memory and in files of a folder that goes with the process.
    threads: of the engine beside those that ask; with one, sums of fractions are added in the same order each time, as
    the tag of an answer promises. copied_from_rows: of a table from which on it is copied (`copies`), 0 for none.
    arrays_to_rows: of a table up to which it is read into arrays too, 0 for none.
    reload_seconds: how often to look whether another release has been published.
    expiry_warning_days: how long before a release is out of date the log and `/health` say so.
    answer_cache_mb: of answers that are kept in memory. export_cache_mb: of downloads that are kept in files.
    export_whole_mb: up to which size a download is made whole before it is sent, so that its length is known and parts
    of it can be asked for.
    """

    model_config = SettingsConfigDict(env_prefix="SEUIL_", frozen=True, extra="ignore")

    query_seconds: float = Field(default=10, gt=0)
    queries_at_once: int = Field(default=8, ge=1)
    export_seconds: float = Field(default=300, gt=0)
    exports_at_once: int = Field(default=4, ge=1)
    export_wait_seconds: float = Field(default=120, gt=0)
    exports_waiting: int = Field(default=200, ge=1)
    spool_mb: int = Field(default=2048, ge=1)
    client_spool_mb: int = Field(default=1024, ge=1)
    export_rows: int = Field(default=20_000_000, ge=1)
    batch_rows: int = Field(default=20_000, ge=1)
    memory_mb: int = Field(default=512, ge=64)
    temporary_mb: int = Field(default=64, ge=1)
    threads: int = Field(default=1, ge=1)
    copied_from_rows: int = Field(default=50_000, ge=0)
    arrays_to_rows: int = Field(default=8_000_000, ge=0)
    reload_seconds: float = Field(default=10, ge=0)
    expiry_warning_days: int = Field(default=10, ge=0)
    answer_cache_mb: int = Field(default=8, ge=0)
    export_cache_mb: int = Field(default=256, ge=0)
    export_whole_mb: int = Field(default=16, ge=0)
