"""Figures: each is drawn from the rows of packaged queries, and says what it counts.

No figure asks the tables on its own: `catalogue` names the queries of each, `inputs` runs them,
and a drawing module turns their rows into a matplotlib figure in the frame that `style` gives.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import FigureError, UsageError
from secdiplo.figures import catalogue
from secdiplo.figures.catalogue import FIGURES, Spec, available, find

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from secdiplo.figures.inputs import Inputs
    from secdiplo.store import Built

__all__ = ["FIGURES", "Spec", "available", "draw", "draw_all", "find", "save"]


def draw(
    built: Built, name: str, params: Mapping[str, Any] | None = None, width: float | None = None
) -> Figure:
    """Draw a figure.

    Parameters
    ----------
    built : Built
        Open tables.
    name : str
        The figure, by its name or its name in the paper that the dataset follows (``figure_1``).
    params : mapping, optional
        Parameters of its queries, such as ``agency`` or ``start``. With any, no published value
        is shown beside it: they were counted over the whole scope.
    width : float, optional
        In inches; a full page's text by default. A journal column is about 3.5.

    Returns
    -------
    Figure
        A matplotlib figure; ``described`` says in words what it shows.

    Raises
    ------
    UsageError
        An unknown figure or parameter, or a width that is none.
    FigureError
        The dataset has nothing to draw.
    """
    from matplotlib import rc_context

    from secdiplo.figures import inputs, lettering, style

    spec = find(name, built.dataset)
    inches = style.check_width(width)
    _refuse_unasked(spec, params or {}, built.dataset["name"])
    try:
        data = inputs.gather(built, spec, params or {})
    except UsageError as error:
        if params:
            raise
        # What the figure takes by default, such as a session of a forum, the dataset lacks.
        raise FigureError(f"figure `{spec.name}`: {error}; {spec.remedy}") from None
    _refuse_columns(spec, data)
    _refuse_empty(spec, data)
    module, function = spec.drawn_by.split(".")
    drawn_by = getattr(importlib.import_module(f"secdiplo.figures.{module}"), function)
    texts = list(inputs.texts(data))
    with rc_context({**style.RC_PARAMS, "font.family": lettering.families(texts)}):
        figure: Figure = drawn_by(data, inches, _footer(spec, data))
        _warn_of(lettering.undrawn(texts), figure)
    return figure


def _warn_of(letters: list[str], figure: Figure) -> None:
    """Say which letters no font could draw, if the figure has a mark in place of any."""
    from matplotlib.text import Text

    from secdiplo.figures import lettering

    if letters and any(lettering.UNDRAWN in text.get_text() for text in figure.findobj(Text)):
        few = "".join(letters[:10]) + ("…" if len(letters) > 10 else "")
        warnings.warn(
            f"no installed font draws {len(letters)} of the letters ({few}; "
            f"{', '.join(lettering.scripts(letters))}), which the figure shows as "
            f"{lettering.UNDRAWN}; install a font for them, such as Noto Sans, and draw it again",
            stacklevel=4,
        )


def _refuse_unasked(spec: Spec, params: Mapping[str, Any], dataset: str) -> None:
    """Ask for parameters that neither the reader nor the dataset gives."""
    for name in spec.asks:
        if name not in params and name not in spec.defaults:
            raise FigureError(
                f"figure `{spec.name}` needs `{name}`, for which {dataset} has no default; give "
                f"one, or set it under [figures.{spec.name}.parameters] in dataset.toml"
            )


def _refuse_columns(spec: Spec, data: Inputs) -> None:
    """Refuse a query of the dataset that lacks a column which its figure needs."""
    for name in catalogue.columns(spec.own) if spec.own else ():
        query = spec.own["query"]
        if name not in data.frames[query].result.columns:
            raise FigureError(
                f"figure `{spec.name}`: query `{query}` has no column `{name}`; check the folder"
            )


def _refuse_empty(spec: Spec, data: Inputs) -> None:
    """Say what is missing where there is nothing to draw."""
    empty = [name for name in spec.needed if not data.frames[name].rows]
    if spec.compares and not any(finding.recomputed is not None for finding in data.findings):
        empty.append("claims")
    if spec.filled:
        query, column = spec.filled
        rows = data.frames[query].rows
        if rows and not any(row[column] for row in rows):
            empty.append(query)
    if empty:
        dataset = f"{data.dataset['name']} {data.dataset['version']}"
        raise FigureError(
            f"figure `{spec.name}`: {dataset} has no {spec.lacks} for these parameters "
            f"(nothing in {', '.join(f'`{name}`' for name in empty)}); {spec.remedy}"
        )


def _footer(spec: Spec, data: Inputs) -> list[str]:
    """Return the lines below a figure: the dataset's note, scope, and source with its evidence."""
    lines = [spec.note] if spec.note and data.published else []
    main = spec.queries[0][0] if spec.queries else ""
    scope = data.scope(main) if main else "that of each published value"
    lines.append(f"Scope: {scope}.")
    paper = data.dataset["modelled_on"]
    form = f" Modelled on {paper}, {spec.paper}." if paper and spec.paper else ""
    version = f"{data.dataset['name']} data {data.dataset['version']}, secdiplo {data.toolkit}"
    lines.append(f"Source: {data.dataset['title']} ({version}). {data.evidence}.{form}")
    return lines


def save(figure: Figure, path: Path | str, dpi: int | None = None) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of the path; see `style.save`."""
    from secdiplo.figures import style

    return style.save(figure, path, dpi)


def draw_all(
    built: Built,
    out: Path | str,
    ending: str = "png",
    width: float | None = None,
    dpi: int | None = None,
) -> tuple[list[Path], list[str]]:
    """Draw every figure that the dataset has something for.

    Parameters
    ----------
    built : Built
        Open tables.
    out : path
        A folder; made if there is none. Files in it of the same names are replaced.
    ending : str
        ``png``, ``svg`` or ``pdf``.
    width : float, optional
        In inches.
    dpi : int, optional
        The resolution of PNG files in dots per inch; 300 by default.

    Returns
    -------
    (list of Path, list of str)
        The files, and for each figure that could not be drawn what it lacks.

    Raises
    ------
    UsageError
        The folder cannot be written, or there is no such kind of file or resolution.
    """
    from secdiplo.figures import style

    style.check_dpi(dpi, ending)
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror}); name another") from None
    files, lacking = [], []
    for name in available(built.dataset):
        try:
            files.append(save(draw(built, name, width=width), folder / f"{name}.{ending}", dpi))
        except FigureError as error:
            lacking.append(str(error))
    return files, lacking
