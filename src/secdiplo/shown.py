"""What a dataset shows of itself, figures and the explorer: a part of the facade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from secdiplo.store import Built


class Shown:
    """Figures and the explorer of a dataset that is open for reading."""

    _built: Built

    def figures(self) -> dict[str, str]:
        """The figures and what they show.

        Returns
        -------
        dict of str to str
        """
        from secdiplo.figures import FIGURES

        return {name: spec.about for name, spec in FIGURES.items()}

    def plot(self, name: str, *, width: float | None = None, **params: Any) -> Figure:
        """Draw a figure.

        Parameters
        ----------
        name : str
            See `figures`; the paper's names, such as ``figure_1`` and ``table_2``, are taken too.
        width : float, optional
            In inches; 6.5, the text of a page, by default. A journal column is about 3.5.
        **params
            Parameters of the queries behind it, such as ``agency`` or ``start``. With any, no
            published figure is drawn beside it: those were counted over the whole scope.

        Returns
        -------
        matplotlib.figure.Figure
            Shown by a notebook as it is; ``savefig`` writes it, and so does
            `secdiplo.figures.save`, byte for byte the same each time. ``described`` says in words
            what it shows.

        Raises
        ------
        FigureError
            The dataset has nothing to draw; the message says what is missing.
        UsageError
            An unknown figure, parameter or value, or a width that is none.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load("tests/data/mini").plot("country_ranking").described.split(".")[0]
        'Russia, Fiji and Myanmar (Burma) lead with 1 bilateral meeting each'
        """
        from secdiplo import figures

        return figures.draw(self._built, name, params, width)

    def report(self, out: Path | str, *, scope: str | None = None) -> Path:
        """Write the explorer: one page that opens from the disk and asks no host for anything.

        Parameters
        ----------
        out : path
            The folder that gets ``index.html``.
        scope : str, optional
            The named scope that it opens with; the dataset's own by default.

        Returns
        -------
        Path
            The page.

        Raises
        ------
        SecdiploError
            The libraries of ``secdiplo[report]`` are not installed.
        UsageError
            An unknown scope, or a folder that cannot be written.
        """
        from secdiplo import report

        return report.write(self._built, out, scope=scope)
