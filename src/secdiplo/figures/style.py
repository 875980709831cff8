"""How every figure looks: type, colours, the frame of texts around it, and its files."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from secdiplo import files
from secdiplo.errors import UsageError
from secdiplo.figures.lettering import FAMILIES, fold, text_width
from secdiplo.schema.plain_values import plain

FIGURE_ENDINGS = ("png", "svg", "pdf")
DPI = 300  # what journals ask of pictures with letters
LEAST_DPI, MOST_DPI = 50, 1200
FIGURE_WIDTH = 6.5  # inches: the text width of a page; a journal column is about 3.5
NARROWEST, WIDEST = 3.2, 20.0
MARGIN = 0.12  # inches
TITLE_SIZE, TEXT_SIZE, NOTE_SIZE = 9.5, 7.5, 6.3  # sizes of the texts around a figure, in points
LABEL_SIZE = 7.0  # of labels
HANDLE = 0.22  # inches of the sample of a colour and the space after it

# Differ in lightness, so that they are told apart in grey, and in hue for the colour-blind.
SERIES = ("#12365c", "#d5762a", "#9cc9e8", "#7a7a7a", "#f0d28a", "#4f9a8c")
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
INK, FAINT, RULE_COLOUR = "#1a1a1a", "#595959", "#c9c9c9"
ATTESTED, PUBLISHED = "#12365c", "#b4501c"
NO_DATA, HOME = "#f1f1ef", "#c4c4c4"
SHADES = ("#bcd6ea", "#8db7da", "#5b90c2", "#2f689f", "#12365c")  # light to dark
RC_PARAMS: Any = {
    "font.family": list(FAMILIES),
    "font.size": TEXT_SIZE,
    "axes.titlesize": TEXT_SIZE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": TEXT_SIZE,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.labelsize": LABEL_SIZE,
    "ytick.labelsize": LABEL_SIZE,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "legend.fontsize": LABEL_SIZE,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "patch.linewidth": 0.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "secdiplo",
    "pdf.fonttype": 42,
    "savefig.dpi": DPI,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "text.parse_math": False,
}


@dataclass(frozen=True)
class FigureTexts:
    """The texts around a figure.

    Attributes
    ----------
    title : str
        The finding, with its number.
    counted : str
        What is counted, in which unit.
    notes : tuple of str
        What else a reader must know; then scope and source are added.
    """

    title: str
    counted: str
    notes: tuple[str, ...] = ()


class Drawing(Figure):
    """A matplotlib Figure that a notebook shows, whatever its backend."""

    described: str = ""
    """The title and what is counted, for readers who cannot see the figure."""

    def __repr__(self) -> str:
        return f"<Drawing: {self.described}>"

    def _repr_png_(self) -> bytes:
        out = io.BytesIO()
        with rc_context(RC_PARAMS):
            self.savefig(out, format="png", dpi=120, metadata={"Software": None})
        return out.getvalue()

    def show(self, warn: bool = True) -> None:
        """Show the figure in a notebook; elsewhere it is written to a file."""
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is None:
            raise UsageError(
                "a figure is shown in a notebook only; write it to a file with "
                '`secdiplo.figures.save(figure, "figure.png")`'
            )
        from IPython.display import display

        display(self)  # type: ignore[no-untyped-call]


def check_width(width: float | None) -> float:
    """Return the width of a figure in inches; a full page's by default."""
    if width is None:
        return FIGURE_WIDTH
    if not isinstance(plain(width), int | float):
        raise UsageError(f"the width of a figure is a number of inches, not `{width!r}`")
    if not NARROWEST <= width <= WIDEST:
        limits = f"from {NARROWEST:g} (a journal column is about 3.5) to {WIDEST:g} inches"
        raise UsageError(f"the width of a figure is {limits}, not {width:g}; choose one of these")
    return float(width)


def shades(count: int) -> list[str]:
    """Return that many shades, from light to dark, as far apart as they can be."""
    if count == 1:
        return [SHADES[2]]
    return [SHADES[round(n * (len(SHADES) - 1) / (count - 1))] for n in range(count)]


class FigureCanvas:
    """A figure of a width that grows downwards: texts and key above, axes, texts below.

    Parameters
    ----------
    width : float
        In inches.
    words : FigureTexts
    footer : sequence of str
        Paragraphs below, in small type.
    height : float
        Of the space for axes, in inches.
    key : sequence of Artist
        Samples of colours and marks with their labels, in lines below the title.
    """

    def __init__(
        self,
        width: float,
        words: FigureTexts,
        footer: Sequence[str],
        height: float,
        key: Sequence[Any] = (),
    ) -> None:
        inner = width - 2 * MARGIN
        title = fold(words.title, inner, TITLE_SIZE, bold=True, balanced=True)
        head = [(line, TITLE_SIZE, "bold", INK) for line in title]
        head += [
            (line, TEXT_SIZE, "normal", FAINT) for line in fold(words.counted, inner, TEXT_SIZE)
        ]
        foot = [line for text in (*words.notes, *footer) for line in fold(text, inner, NOTE_SIZE)]
        rows = _key_rows(key, inner)
        tall = [0.05 + 0.115 * max(_lines(item) for item in row) for row in rows]
        above = MARGIN + sum(size * 1.3 / 72 for _, size, _, _ in head) + 0.08
        above += sum(tall) + 0.06 if rows else 0
        below = MARGIN + len(foot) * NOTE_SIZE * 1.28 / 72 + 0.08
        self.width, self.height = width, above + height + below
        self.bottom, self.room, self.inner = below, height, inner
        self.figure = Drawing(figsize=(width, self.height))
        self.figure.described = f"{words.title}. {words.counted}"
        place = self.height - MARGIN
        for line, size, weight, colour in head:
            self._write(line, place, fontsize=size, fontweight=weight, color=colour)
            place -= size * 1.3 / 72
        place -= 0.06
        for row, high in zip(rows, tall, strict=True):
            self.figure.legend(
                handles=row, ncols=len(row), loc="upper left", borderaxespad=0, borderpad=0,
                bbox_to_anchor=(MARGIN / width, place / self.height), handlelength=1.6,
                handletextpad=0.6, columnspacing=1.4,
            )  # fmt: skip
            place -= high
        place = below - 0.08
        for line in foot:
            self._write(line, place, fontsize=NOTE_SIZE, color=FAINT)
            place -= NOTE_SIZE * 1.28 / 72

    def _write(self, line: str, inches: float, **style: Any) -> None:
        self.figure.text(MARGIN / self.width, inches / self.height, line, va="top", **style)

    def axes(
        self, left: float, right: float = 0.0, bottom: float = 0.0, top: float = 0.0, **kind: Any
    ) -> Axes:
        """Add axes in the space for them, with margins on its four sides in inches."""
        x, wide = MARGIN + left, self.inner - left - right
        y, tall = self.bottom + bottom, self.room - bottom - top
        place = (x / self.width, y / self.height, wide / self.width, tall / self.height)
        return self.figure.add_axes(place, **kind)


def _key_rows(key: Sequence[Any], inner: float) -> list[list[Any]]:
    """Return the samples of a key in lines that fit a width, their labels folded."""
    rows: list[list[Any]] = []
    used = 0.0
    for item in key:
        lines = fold(str(item.get_label()), inner - HANDLE, LABEL_SIZE)
        item.set_label("\n".join(lines))
        wide = HANDLE + max(text_width(line, LABEL_SIZE) for line in lines) + 1.5 * LABEL_SIZE / 72
        if not rows or used + wide > inner + 1.4 * LABEL_SIZE / 72:
            rows.append([])
            used = 0.0
        rows[-1].append(item)
        used += wide
    return rows


def _lines(item: Artist) -> int:
    return str(item.get_label()).count("\n") + 1


def samples(looks: dict[str, tuple[str, str]]) -> list[Patch]:
    """Return the samples of a key: a colour and a hatch for each label."""
    return [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label)
        for label, (colour, hatch) in looks.items()
    ]


# --- axes -----------------------------------------------------------------------------------


def whole_numbers(axis: Axis, most: int | Literal["auto"] = "auto") -> None:
    """Put ticks at whole numbers alone, since parts of an event are none."""
    axis.set_major_locator(MaxNLocator(nbins=most, integer=True, steps=[1, 2, 5, 10]))


def width_inches(axes: Axes) -> float:
    """Return the width of axes in inches."""
    figure = axes.get_figure(root=True)
    return float(axes.get_position().width * (figure.get_figwidth() if figure else 1.0))


def label_column(names: Sequence[str], widest: float) -> tuple[list[str], float, float]:
    """Fold the names of rows to a column.

    Returns
    -------
    (list of str, float, float)
        The labels, the width of the column and the height of a row in inches.
    """
    folded = [fold(name, widest, LABEL_SIZE) for name in names]
    wide = max((text_width(line, LABEL_SIZE) for lines in folded for line in lines), default=0.0)
    tall = max((len(lines) for lines in folded), default=1)
    return ["\n".join(lines) for lines in folded], wide + 0.08, max(0.2, 0.04 + 0.105 * tall)


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a chart of horizontal bars, from the top down."""
    axes.set_yticks(range(len(labels)), labels, linespacing=0.9)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(RULE_COLOUR)


def label_ends(axes: Axes, ends: Sequence[float], texts: Sequence[str], gap: float = 3.0) -> None:
    """Write a text after each horizontal bar, and leave room for it; the gap is in points."""
    wide = width_inches(axes)
    room = [wide - text_width(text, LABEL_SIZE) - (gap + 1) / 72 for text in texts]
    axes.set_xlim(0, max(end * wide / least for end, least in zip(ends, room, strict=True)))
    for place, (end, text) in enumerate(zip(ends, texts, strict=True)):
        axes.annotate(text, (end, place), (gap, 0), textcoords="offset points", va="center",
                      fontsize=LABEL_SIZE)  # fmt: skip


def bare(axes: Axes) -> None:
    """Take away the frame and the ticks of axes."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def colours(codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return a colour and a hatch for each of some codes, in their order; 36 are different."""
    return {
        code: (SERIES[n % len(SERIES)], HATCHES[(n + n // len(SERIES)) % len(HATCHES)])
        for n, code in enumerate(codes)
    }


# --- files ----------------------------------------------------------------------------------


def check_dpi(dpi: int | None, ending: str) -> int:
    """Return the resolution of a file in dots per inch; 300 by default."""
    if dpi is None:
        return DPI
    if ending != "png":
        raise UsageError(f"a .{ending} file has no resolution; leave out `dpi`, or write a .png")
    if not isinstance(plain(dpi), int) or not LEAST_DPI <= dpi <= MOST_DPI:
        limits = f"a whole number from {LEAST_DPI} to {MOST_DPI}"
        raise UsageError(f"the resolution is {limits} dots per inch, not `{dpi}`")
    return dpi


def save(figure: Figure, path: Path | str, dpi: int | None = None) -> Path:
    """Write a figure to a file, whole or not at all; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends in .png, .svg or .pdf.
    dpi : int, optional
        The resolution of a .png in dots per inch; 300 by default.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        Another ending or resolution, or a folder that cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower().removeprefix(".")
    if ending not in FIGURE_ENDINGS:
        kinds = ", ".join(f".{name}" for name in FIGURE_ENDINGS)
        raise UsageError(f"{target}: a figure is written as {kinds}; name such a file")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    dots = check_dpi(dpi, ending)
    described = getattr(figure, "described", "")
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None, "Description": described or None},
        "svg": {"Date": None, "Creator": None, "Description": described or None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None, "Title": described},
    }
    more: dict[str, Any] = {"dpi": dots} if ending == "png" else {}
    more |= {"pil_kwargs": {"compress_level": 3}} if ending == "png" else {}  # quick, and small
    with files.written_whole(target) as fresh, rc_context(RC_PARAMS):
        figure.savefig(fresh, format=ending, metadata=metadata[ending], **more)
        if ending == "svg":
            fresh.write_bytes(_rounded(fresh.read_bytes()))
    return target


def _rounded(svg: bytes) -> bytes:
    """Return an SVG with the coordinates of its paths to a hundredth of a point."""

    def path(found: re.Match[bytes]) -> bytes:
        return re.sub(rb"(\.\d\d)\d+", rb"\1", found[0])

    return re.sub(rb'\sd="[^"]*"', path, svg)
