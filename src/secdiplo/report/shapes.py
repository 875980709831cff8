"""The world map as SVG paths, rounded to what a screen shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from secdiplo.figures import basemap

MAP_WIDTH = 960
STEPS = 2  # coordinates are kept to half a unit of the drawing
MIN_AREA = 2.0  # rings of a smaller area, in square units, are left out where a country has others


def drawn() -> dict[str, Any]:
    """The map for the page.

    Returns
    -------
    dict
        width and height; shapes (code, path), areas (paths without a code), and circles
        (code, x, y) of countries that are too small to be seen.
    """
    found = basemap.load()
    left, right, bottom, top = found.extent
    scale = MAP_WIDTH / (right - left)

    def placed(x: Any, y: Any) -> Any:
        return np.stack([(x - left) * scale, (top - y) * scale], axis=-1)

    def path(polygons: list[list[NDArray[np.float64]]]) -> str:
        rings = [placed(ring[:, 0], ring[:, 1]) for rings in polygons for ring in rings]
        sizes = [_area(ring) for ring in rings]
        kept = [ring for ring, size in zip(rings, sizes, strict=True) if size >= MIN_AREA]
        return "".join(map(_line, kept or [rings[int(np.argmax(sizes))]]))

    circles = []
    for code in sorted(found.small):
        x, y = placed(*map(np.float64, found.points[code]))
        circles.append([code, round(float(x), 1), round(float(y), 1)])
    return {
        "width": MAP_WIDTH,
        "height": round((top - bottom) * scale),
        "shapes": [[code, path(found.shapes[code])] for code in sorted(found.shapes)],
        "areas": [path(found.unassigned[name]) for name in sorted(found.unassigned)],
        "circles": circles,
    }


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2)


def _line(ring: NDArray[np.float64]) -> str:
    """A closed path in steps from point to point; points that fall together are drawn once."""
    grid = np.rint(ring * STEPS).astype(int)
    moved = np.any(np.diff(grid, axis=0) != 0, axis=1)
    grid = grid[np.concatenate([[True], moved])]
    if len(grid) > 1 and tuple(grid[0]) == tuple(grid[-1]):
        grid = grid[:-1]
    (x, y), steps = grid[0], np.diff(grid, axis=0)
    lines = " ".join(f"{_short(dx)} {_short(dy)}" for dx, dy in steps)
    return f"M{_short(x)} {_short(y)}l{lines}Z" if lines else ""


def _short(steps: int) -> str:
    """A number of steps in units of the drawing, without needless characters."""
    text = f"{int(steps) / STEPS:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
