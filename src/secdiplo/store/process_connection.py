"""Connections that belong to the process that opened them; a forked process opens its own.

DuckDB works with threads, and a forked process does not inherit threads: a query on an inherited
connection can wait for ever, and closing the connection ends the process with a crash.
"""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.files import ScratchFolder

if TYPE_CHECKING:
    import duckdb

_raw: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
_open: weakref.WeakSet[ProcessConnection] = weakref.WeakSet()


def keep_in_forks(con: duckdb.DuckDBPyConnection) -> None:
    """Leave a connection open in forked processes, where it must not be closed."""
    _raw.add(con)


class ProcessConnection:
    """A connection and the views that it has, for the process that asks.

    Parameters
    ----------
    con : DuckDB connection
    what : str
        What messages call it, such as ``the dataset``.
    scratch : ScratchFolder, optional
        The folder of its files.
    reopen : function, optional
        Opens the same tables in another process, and returns the connection and its folder.

    Attributes
    ----------
    seen : set of str
        The tables that the connection has.
    lock : RLock
        Held while tables are added.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        what: str,
        scratch: ScratchFolder | None = None,
        reopen: Callable[[], tuple[duckdb.DuckDBPyConnection, ScratchFolder | None]] | None = None,
    ) -> None:
        self._con: duckdb.DuckDBPyConnection | None = con
        self._what, self._scratch, self._reopen = what, scratch, reopen
        self.seen: set[str] = set()
        self.lock = threading.RLock()
        _open.add(self)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection of this process.

        Raises
        ------
        UsageError
            Another process opened it, and it cannot be opened again.
        StoreError, DataError
            The tables are no longer there, or have changed.
        """
        with self.lock:
            if self._con is None:
                if self._reopen is None:
                    raise UsageError(self._elsewhere())
                self._con, self._scratch = self._reopen()
            return self._con

    def _elsewhere(self) -> str:
        return f"{self._what} can be used only in the process that opened it; open it in this one"

    def forget(self) -> None:
        """Give up what belongs to the process from which this one was forked."""
        self._con = None
        self.seen = set()
        self.lock = threading.RLock()  # another thread may have held it

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse to be pickled."""
        raise UsageError(self._elsewhere())


def _forget_inherited() -> None:
    """Keep what a forked process inherited from being used or closed."""
    for con in _raw:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(con))  # never closed, not even at the end
    for each in _open:
        each.forget()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forget_inherited)
