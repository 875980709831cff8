"""The maintained libraries that the page carries: Vega for its charts, DataTables for its table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from secdiplo.errors import SecdiploError

NOT_INSTALLED = "the report needs vl-convert-python and itables; pip install '.[report]' ({reason})"
CHARTS = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"
EXPORT = re.compile(r"export\s*\{([^}]*)\}\s*;?")


@dataclass(frozen=True)
class Libraries:
    """The sources of the libraries, as the page contains them.

    Attributes
    ----------
    charts : str
        A script that sets ``vegaEmbed``, ``vega`` and ``vegaLite``.
    table : str
        A module that sets ``DataTable``.
    style : str
        The style sheet of the table.
    versions : dict of str to str
        The packages that they were taken from.
    """

    charts: str
    table: str
    style: str
    versions: dict[str, str]


def load() -> Libraries:
    """Read the libraries from the installed packages.

    Returns
    -------
    Libraries

    Raises
    ------
    SecdiploError
        A package is missing, or is laid out otherwise than this version of the toolkit knows.
    """
    try:
        import itables
        import vl_convert
    except ImportError as error:
        raise SecdiploError(NOT_INSTALLED.format(reason=error)) from None
    folder = Path(itables.__file__).parent / "html"
    try:
        table = (folder / "dt_bundle.js").read_text(encoding="utf-8")
        style = (folder / "dt_bundle.css").read_text(encoding="utf-8")
    except OSError as error:
        raise SecdiploError(
            NOT_INSTALLED.format(reason=f"itables without {error.filename}")
        ) from None
    versions = {name: metadata.version(name) for name in ("itables", "vl-convert-python")}
    charts = inline(vl_convert.javascript_bundle(CHARTS))
    return Libraries(charts, inline(set_on_window(table)), style, versions)


def set_on_window(module: str) -> str:
    """A module whose default export, DataTables, is set on the window instead of exported."""
    found = EXPORT.search(module)
    default = re.search(r"([\w$]+) as default", found[1]) if found else None
    if not found or not default:
        raise SecdiploError(
            NOT_INSTALLED.format(reason="itables whose bundle has no default export")
        )
    return module[: found.start()] + f"window.DataTable={default[1]};" + module[found.end() :]


def inline(script: str) -> str:
    """A script that can stand between script tags: nothing in it ends or nests the element.

    A comment opener followed by a script tag would make the parser read on past the end of the
    element; in a string and in a regular expression alike the escaped mark means the same.
    """
    script = script.replace("\r\n", "\n").replace("\r", "\n")
    script = re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE)
    return script.replace("<!--", "<\\!--")
