"""Apache Spark: a cluster reads the files, which lie where all its machines find them under the same path.

Spark reads the bytes that are no text of the encoding as other text, silently, and lines with too few fields as lines
with empty ones. So a CSV is read through here before it is counted there; large records are better kept in Parquet.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql.types import StringType, StructField, StructType
from pyspark.storagelevel import StorageLevel

from seuil.model.delimited import Form
from seuil.model.errors import UsageError
from seuil.model.record_files import RecordFile
from seuil.records import source
from seuil.records.engines.engine import Engine, Opened

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.io.encryption.enabled": "true",  # pseudonyms stand in what Spark writes while it sorts
    # Hadoop's own codec needs a library of the system; this one is in every Spark, for its ORC files.
    "spark.hadoop.io.compression.codecs": "io.airlift.compress.zstd.ZstdCodec",
}
"""What is set unless a profile says otherwise."""

LOOPBACK = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
"""What is set, too, where everything runs in this machine: nobody else is answered."""

ENCODINGS = {"utf-8": "UTF-8", "windows-1252": "windows-1252", "iso-8859-1": "ISO-8859-1"}


class Spark(Engine):
    """A session of a cluster. What is kept is held by its executors, and dropped with it."""

    errors = (PySparkException, Py4JError, OSError)
    expected = "expected a whole file, at the same path on all machines of the cluster"

    def __init__(self, master: str, settings: Mapping[str, str]) -> None:
        here = LOOPBACK if master.startswith("local[") or "//127.0.0.1:" in master else {}
        if here:
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master(master).appName("seuil")
        for name, value in (SETTINGS | here | dict(settings)).items():
            builder = builder.config(name, value)
        try:
            self._session = builder.getOrCreate()
        except (*self.errors, RuntimeError):
            raise UsageError(f"{master}: no Spark answers there; expected a running master, and Java 17 here") from None
        self._session.sparkContext.setLogLevel("OFF")
        logging.getLogger("SQLQueryContextLogger").disabled = True  # it writes every error, values and all
        self._kept: dict[str, DataFrame] = {}
        self._names = count()
        super().__init__(ibis.pyspark.connect(self._session))

    def open(self, records: Path, spec: RecordFile, columns: Sequence[str]) -> Opened:
        """The files as every machine finds them."""
        files = source.files_of(records, spec, columns)
        paths = [str(path.resolve()) for path in files.paths]
        read = self._session.read
        if files.partitions:
            read = read.option("basePath", str(files.root.resolve()))
        with self.no_values_in_errors(self.place(records, spec)):
            if files.form is None:
                return Opened(self._view(read.option("mergeSchema", "true").parquet(*paths)), cheap=False)
            source.find_fault(records, spec)
            return Opened(self._view(self._csv(files.form, paths, read)), cheap=False)

    def _csv(self, form: Form, paths: Sequence[str], read: DataFrameReader) -> DataFrame:
        fields = StructType([StructField(name, StringType()) for name in form.columns])
        return read.csv(
            list(paths),
            schema=fields,
            header=True,
            sep=form.delimiter,
            quote='"',
            escape='"',
            encoding=ENCODINGS[form.encoding],
            mode="FAILFAST",
            multiLine=True,
        )

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Rows held by the executors, computed at once: what is wrong with one is told here."""
        frame = self._session.sql(self.connection.compile(table)).persist(StorageLevel.MEMORY_AND_DISK)
        frame.count()
        before = self._kept.pop(name, None)
        self._kept[name] = frame
        found = self._view(frame)
        if before is not None:
            before.unpersist()
        return found

    def fetch(self, table: ir.Table) -> pa.Table:
        """By Arrow, so that no number passes through floats."""
        return self._session.sql(self.connection.compile(table)).toArrow().cast(table.schema().to_pyarrow())

    def cause(self, problem: Exception) -> str | None:
        """What is valid zstd, but not for Spark: windows above 8 MB, and frames that hold no text."""
        if "io.airlift.compress.MalformedInputException" in str(problem):
            return "zstd that Spark can't unpack; expected level 19 at most without --long, .csv.gz or Parquet"
        return super().cause(problem)

    def lookup(self, table: pa.Table) -> ir.Table:
        """A frame of the session."""
        return self._view(self._session.createDataFrame(table))

    def forget(self) -> None:
        """Let the executors drop them."""
        for frame in self._kept.values():
            frame.unpersist()
        self._kept.clear()

    def close(self) -> None:
        """End the session."""
        self.forget()
        self._session.stop()

    def _view(self, frame: DataFrame) -> ir.Table:
        name = f"seuil_{next(self._names)}"
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)
