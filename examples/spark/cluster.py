"""A Spark cluster in this machine: a master and two workers, on loopback, until it is ended (Ctrl-C).

usage: cluster.py [--port 7077] [--workers 2]

Prints its address once all workers have registered. To try `seuil build --engine`, and for tests; a real cluster asks
for a secret from whoever connects.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SECONDS = 120


@contextmanager
def running(port: int, workers: int) -> Iterator[str]:
    """The address of a cluster. Raises RuntimeError where it doesn't come up."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise RuntimeError("Spark is not installed; expected `make engines` before")
    home = Path(found.origin).parent
    address = f"spark://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="seuil-spark-") as folder:
        environment = os.environ | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_WORKER_DIR": folder,
            "PYSPARK_PYTHON": sys.executable,
        }
        logs, started = Path(folder) / "log", []

        def start(*arguments: str) -> None:
            command = [str(home / "bin" / "spark-class"), *arguments]
            log = logs.open("ab")
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

        try:
            start(
                "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"
            )
            _wait(logs, "New state: ALIVE", 1)
            for _ in range(workers):
                worker = "org.apache.spark.deploy.worker.Worker"
                start(worker, "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0", address)
            _wait(logs, "Successfully registered with master", workers)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait()


def _wait(log: Path, words: str, times: int) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if log.read_text(encoding="utf-8", errors="replace").count(words) >= times:
            return
        time.sleep(0.2)
    raise RuntimeError(f"the cluster did not come up in {SECONDS} seconds:\n{log.read_text(errors='replace')[-2000:]}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cluster until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=7077)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    try:
        with running(asked.port, asked.workers) as address:
            print(
                f"{address} is up; count there with: seuil build DEF --engine {address} ... (Ctrl-C ends it)",
                flush=True,
            )
            while True:
                time.sleep(3600)
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
