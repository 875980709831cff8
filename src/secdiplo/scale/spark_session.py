"""One quiet Spark session: nothing but results on stdout, nothing foreign on stderr."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.files import remove_own

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*]"
_starting = threading.Lock()
_started_in: list[int] = []  # the process that started Spark


def session(master: str | None = None) -> SparkSession:
    """A new session of the process's Spark application, which is started where there is none.

    Parameters
    ----------
    master : str, optional
        Where Spark runs, ``local[2]`` or ``spark://host:7077``; all cores of this machine, or the
        application that runs in this process, by default.

    Returns
    -------
    SparkSession
        With temporary views of its own.

    Raises
    ------
    UsageError
        PySpark or Java is missing, Spark does not start, or it runs already with another master.
    """
    with _starting:
        root = _running(master) or _start(master or LOCAL)
    fresh = root.newSession()
    for key, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
    }.items():
        fresh.conf.set(key, value)
    return fresh


def _running(master: str | None) -> SparkSession | None:
    """The session of the application in this process, where one runs."""
    sql = _imported()
    context = sys.modules["pyspark"].SparkContext._active_spark_context
    if context is None:
        return None
    for process in _started_in:
        refuse_other_process(process)
    if master not in {None, context.master}:
        raise UsageError(f"Spark runs in this process with master {context.master}, not {master}")
    found: SparkSession = sql.SparkSession.builder.getOrCreate()
    return found


def _imported() -> Any:
    """The module pyspark.sql, without what it warns about."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyspark.sql
            import sqlglot  # noqa: F401
    except ImportError as error:
        raise UsageError(f"the engine spark needs {error.name}; pip install '.[scale]'") from None
    return pyspark.sql


def _start(master: str) -> SparkSession:
    """Start Spark; what its processes say goes to a file, of which an error tells the end."""
    sql = _imported()
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=f"{home}/bin" if home else None):
        raise UsageError(
            "the engine spark needs Java 17 or later, and there is no command java; "
            "install it or set JAVA_HOME, or use --engine duckdb"
        )
    scratch = Path(tempfile.mkdtemp(prefix="secdiplo-spark-"))
    atexit.register(remove_own, str(scratch), os.getpid())
    log = scratch / "spark.log"
    builder = sql.SparkSession.builder
    for key, value in _settings(master, scratch).items():
        builder = builder.config(key, value)
    try:
        with _output_to(log), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: SparkSession = builder.getOrCreate()
    except Exception as error:  # py4j, PySpark and Java have no common class of errors
        said = [line for line in log.read_text(errors="replace").splitlines() if "rror" in line]
        reason = (said or str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UsageError(
            f"Spark does not start with master {master} ({reason.strip()[:160]}); "
            "see that Java is 17 or later and that the master answers, or use --engine duckdb"
        ) from None
    _started_in[:] = [os.getpid()]
    # Registered last, it runs first: before the folder goes.
    atexit.register(_stop, found, os.getpid())
    return found


def refuse_other_process(process: int) -> None:
    """Refuse Spark that another process started: both would read its socket.

    Raises
    ------
    UsageError
        It is so.
    """
    if os.getpid() != process:
        what = "Spark was started by the process from which this one was forked"
        raise UsageError(f'{what}; use the start method "spawn", or --engine duckdb (engine=)')


def _stop(found: SparkSession, process: int) -> None:
    """Leave the cluster in order; where Java is gone already there is nothing to stop."""
    if os.getpid() == process:
        with suppress(Exception):
            found.stop()


def _settings(master: str, scratch: Path) -> dict[str, str]:
    quiet = Path(__file__).with_name("log4j2.properties").as_uri()
    settings = {
        "spark.master": master,
        "spark.app.name": "secdiplo",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.codegen.cache.maxEntries": "1000",
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        # Else Spark takes dense files for small tables, and sends them whole to every worker.
        "spark.sql.sources.fileCompressionFactor": "10",
    }
    if master.startswith("local"):
        if "SPARK_DRIVER_MEMORY" not in os.environ:  # here the driver does all the work
            settings["spark.driver.memory"] = f"{_half_of_memory()}m"
        settings["spark.driver.bindAddress"] = settings["spark.driver.host"] = "127.0.0.1"
        settings["spark.local.dir"] = str(scratch)
    return settings


def _half_of_memory() -> int:
    """Half of this machine's memory in MiB, and at least what Spark takes anyway."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 1024
    return max(1024, whole // (2 << 20))


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Processes that start meanwhile write to a file: Java itself prints warnings on stderr."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for place, saved in enumerate(kept, 1):
            os.dup2(saved, place)
            os.close(saved)
