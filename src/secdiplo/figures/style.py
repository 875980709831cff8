"""How every figure looks: type, colours, the frame of texts around it, and its files."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from secdiplo import files
from secdiplo.errors import UsageError
from secdiplo.output.screen import width as cells

FONT = Path(__file__).parent / "fonts" / "DroidSansFallback-subset.ttf"
FAMILIES = ["DejaVu Sans", "Droid Sans Fallback"]  # the second for Han characters
FIGURE_ENDINGS = ("png", "svg", "pdf")
DPI = 200
FIGURE_WIDTH = 6.5  # inches: the text width of a page; a journal column is about 3.5
NARROWEST, WIDEST = 3.2, 20.0
MARGIN = 0.12  # inches
CHARACTER = 0.545  # the mean width of a character of DejaVu Sans, in its size

# Differ in lightness, so that they are told apart in grey, and in hue for the colour-blind.
SERIES = ("#12365c", "#d5762a", "#9cc9e8", "#7a7a7a", "#f0d28a", "#4f9a8c")
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
INK, FAINT, RULE_COLOUR = "#1a1a1a", "#595959", "#c9c9c9"
ATTESTED, PUBLISHED = "#12365c", "#b4501c"
NO_DATA, HOME = "#f1f1ef", "#c4c4c4"
SHADES = ("#bcd6ea", "#8db7da", "#5b90c2", "#2f689f", "#12365c")  # light to dark
RC_PARAMS: Any = {
    "font.family": FAMILIES,
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "legend.fontsize": 7.0,
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
        What else a reader must know; then scope, status, version and source are added.
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
        import io

        out = io.BytesIO()
        with rc_context(RC_PARAMS):
            self.savefig(out, format="png", dpi=120, metadata={"Software": None})
        return out.getvalue()


@functools.cache
def _know_font() -> None:
    """Let matplotlib find the shipped font, for bold text too: there is no bold one."""
    manager = font_manager.fontManager
    manager.addfont(FONT)
    (entry,) = [known for known in manager.ttflist if known.fname == str(FONT)]
    manager.ttflist.append(dataclasses.replace(entry, weight=700))


def check_width(width: float | None) -> float:
    """The width of a figure in inches; a full page's by default."""
    if width is None:
        return FIGURE_WIDTH
    if not isinstance(width, int | float):
        raise UsageError(f"the width of a figure is a number of inches, not `{width!r}`")
    if not NARROWEST <= width <= WIDEST:
        limits = f"from {NARROWEST:g} (a journal column is about 3.5) to {WIDEST:g} inches"
        raise UsageError(f"the width of a figure is {limits}, not {width:g}; choose one of these")
    return width


def fold(text: str, inches: float, size: float) -> list[str]:
    """A text as lines that fit a width; wide characters count double."""
    room = inches * 72 / (size * CHARACTER)
    lines = [""]
    for word in text.split():
        for piece in [word] if cells(word) <= room else list(word):
            joint = " " if lines[-1] and piece is word else ""
            if lines[-1] and cells(lines[-1] + joint + piece) > room:
                lines.append(piece)
            else:
                lines[-1] += joint + piece
    return lines


def shades(count: int) -> list[str]:
    """That many shades, from light to dark, as far apart as they can be."""
    if count == 1:
        return [SHADES[2]]
    return [SHADES[round(n * (len(SHADES) - 1) / (count - 1))] for n in range(count)]


def cut(text: str, inches: float, size: float) -> str:
    """A label of one line; what does not fit ends in an ellipsis."""
    room = inches * 72 / (size * CHARACTER)
    if cells(text) <= room:
        return text
    while text and cells(text) > room - 1:
        text = text[:-1]
    return text.rstrip(" ,;") + "…"


class FigureCanvas:
    """A figure of a width that grows downwards: texts above, axes, texts below.

    Parameters
    ----------
    width : float
        In inches.
    words : Words
    footer : sequence of str
        Paragraphs below, in small type.
    height : float
        Of the space for axes, in inches.
    """

    def __init__(
        self, width: float, words: FigureTexts, footer: Sequence[str], height: float
    ) -> None:
        _know_font()
        inner = width - 2 * MARGIN
        head = [(line, 9.5, "bold", INK) for line in fold(words.title, inner * 0.88, 9.5)]
        head += [(line, 7.5, "normal", FAINT) for line in fold(words.counted, inner, 7.5)]
        foot = [line for text in (*words.notes, *footer) for line in fold(text, inner, 6.3)]
        above = MARGIN + sum(size * 1.3 / 72 for _, size, _, _ in head) + 0.08
        below = MARGIN + len(foot) * 6.3 * 1.28 / 72 + 0.08
        self.width, self.height = width, above + height + below
        self.bottom, self.room, self.inner = below, height, inner
        self.figure = Drawing(figsize=(width, self.height))
        self.figure.described = f"{words.title}. {words.counted}"
        place = self.height - MARGIN
        for line, size, weight, colour in head:
            self._write(line, place, "top", fontsize=size, fontweight=weight, color=colour)
            place -= size * 1.3 / 72
        place = below - 0.08
        for line in foot:
            self._write(line, place, "top", fontsize=6.3, color=FAINT)
            place -= 6.3 * 1.28 / 72

    def _write(self, line: str, inches: float, anchor: str, **style: Any) -> None:
        self.figure.text(MARGIN / self.width, inches / self.height, line, va=anchor, **style)

    def axes(
        self, left: float, right: float = 0.0, bottom: float = 0.0, top: float = 0.0, **kind: Any
    ) -> Axes:
        """Axes in the space for them, with margins on its four sides in inches."""
        x, wide = MARGIN + left, self.inner - left - right
        y, tall = self.bottom + bottom, self.room - bottom - top
        place = (x / self.width, y / self.height, wide / self.width, tall / self.height)
        return self.figure.add_axes(place, **kind)


def whole_numbers(axis: Axis) -> None:
    """Ticks at whole numbers alone, since parts of an event are none."""
    axis.set_major_locator(MaxNLocator(nbins="auto", integer=True, steps=[1, 2, 5, 10]))


def legend_above(axes: Axes, left: float = 0.0, **more: Any) -> None:
    """A legend in one line above the axes, where no bar can be; `left` inches further left."""
    place = (-left / width_inches(axes), 1)
    axes.legend(loc="lower left", bbox_to_anchor=place, ncols=3, borderaxespad=0.1,
                columnspacing=1.2, **more)  # fmt: skip


def width_inches(axes: Axes) -> float:
    """The width of axes in inches."""
    figure = axes.get_figure(root=True)
    return float(axes.get_position().width * (figure.get_figwidth() if figure else 1.0))


def bare(axes: Axes) -> None:
    """Take away all that says where axes lie."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def colours(codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """A colour and a hatch for each of some codes, in their order."""
    return {
        code: (SERIES[n % len(SERIES)], HATCHES[n % len(HATCHES)]) for n, code in enumerate(codes)
    }


def save(figure: Figure, path: Path | str) -> Path:
    """Write a figure to a file, whole or not at all; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends in .png, .svg or .pdf.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        Another ending, or a folder that cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower().removeprefix(".")
    if ending not in FIGURE_ENDINGS:
        kinds = ", ".join(f".{name}" for name in FIGURE_ENDINGS)
        raise UsageError(f"{target}: a figure is written as {kinds}; name such a file")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    described = getattr(figure, "described", "")
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None, "Description": described or None},
        "svg": {"Date": None, "Creator": None, "Description": described or None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None, "Title": described},
    }
    with files.written_whole(target) as fresh, rc_context(RC_PARAMS):
        more: dict[str, Any] = (
            {"pil_kwargs": {"compress_level": 3}} if ending == "png" else {}
        )  # quick, and small
        figure.savefig(fresh, format=ending, metadata=metadata[ending], **more)
    return target
