"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secdiplo.errors import StoreError, UsageError


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A new file beside `target` that takes its place when all went well.

    Raises
    ------
    UsageError
        The folder cannot be written.
    StoreError
        The file cannot be; what stood at `target` is as it was.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        where = f"{target.parent} cannot be written ({error.strerror})"
        raise UsageError(f"{where}; choose another folder") from None
    os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(target)
    except OSError as error:
        raise StoreError(
            f"{target}: cannot be written ({error.strerror}); nothing was changed"
        ) from None
    finally:
        fresh.unlink(missing_ok=True)
