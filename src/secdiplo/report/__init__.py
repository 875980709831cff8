"""The explorer: one web page of a dataset that works offline and makes no network requests."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import __version__, files
from secdiplo.errors import UsageError
from secdiplo.report import libraries, payload

if TYPE_CHECKING:
    from secdiplo.store import Built

PAGE = "index.html"
GENERATOR = '<meta name="generator" content="secdiplo '
PAGE_FOLDER = Path(__file__).resolve().parent / "page"
SCRIPTS = (  # each uses those before it
    "dom.js",
    "data.js",
    "state.js",
    "counts.js",
    "csv.js",
    "charts.js",
    "timeline.js",
    "map.js",
    "filters.js",
    "table.js",
    "profile.js",
    "claims.js",
    "about.js",
    "main.js",
)


def write(
    built: Built,
    out: Path | str,
    *,
    scope: str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> Path:
    """Write the explorer of a dataset.

    Parameters
    ----------
    built : Built
        Open tables.
    out : path
        The folder for ``index.html``; it is created if it does not exist. Other files in it stay.
    scope : str, optional
        The scope that the page starts with; the dataset's default without it.
    filters : mapping, optional
        The filters that are set when the page opens.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        An unknown scope or filter, a folder that cannot be written, or an ``index.html`` in it that
        secdiplo did not write.
    SecdiploError
        The libraries of the page are not installed.

    Examples
    --------
    >>> import tempfile
    >>> from secdiplo.store import open_any
    >>> built, notices = open_any("tests/data/mini")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(built, folder).name
    'index.html'
    """
    folder = Path(out)
    refuse_foreign(folder)
    text = page(payload.collect(built, scope, filters), libraries.load())
    return _put(folder, text.encode())


def page(content: dict[str, object], libs: libraries.Libraries) -> str:
    """Return the text of the page.

    Parameters
    ----------
    content : dict
        As `payload.collect` gives it.
    libs : Libraries

    Returns
    -------
    str
        One HTML document. Its policy allows only its own scripts, by their digests, and no
        network request.
    """
    about = content["about"]
    if not isinstance(about, dict):
        raise TypeError("the payload has no `about`")
    about["libraries"] = libs.versions
    own = "\n".join((PAGE_FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    own = libraries.inline(f"'use strict';\n{own}")
    style = (PAGE_FOLDER / "page.css").read_text(encoding="utf-8")
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in (libs.charts, libs.table, own))
    parts = {
        "version": html.escape(__version__),
        "policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src {allowed}",
        "title": html.escape(f"{about['title']} (explorer)"),
        "table_style": libs.style,
        "style": style,
        "payload": payload.embedded(content),
        "charts": libs.charts,
        "table": libs.table,
        "script": own,
    }
    template = (PAGE_FOLDER / "page.html").read_text(encoding="utf-8")
    pieces = template.split("%%")  # text and the names of parts in turn
    return "".join(parts[piece] if n % 2 else piece for n, piece in enumerate(pieces))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def refuse_foreign(folder: Path) -> None:
    """Refuse a file where the folder should be, and a page in it that is not an explorer.

    Raises
    ------
    UsageError
    """
    target = folder / PAGE
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file; name a folder for the report")
        if not (target.exists() or target.is_symlink()):
            return
        with target.open(encoding="utf-8", errors="replace") as file:
            ours = GENERATOR in file.read(4096)
    except OSError as error:
        raise UsageError(f"{target} cannot be read ({error.strerror}); choose another") from None
    if not ours:
        raise UsageError(
            f"{target} was not written by secdiplo; move it away, or name another folder"
        )


def _put(folder: Path, content: bytes) -> Path:
    """Write the page into a folder, which is created if it does not exist."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror}); choose another") from None
    with files.written_whole(folder / PAGE) as fresh:
        fresh.write_bytes(content)
    return folder / PAGE
