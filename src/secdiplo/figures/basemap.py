"""The shapes of the countries on one equal-area world map, from a file that is shipped.

The file is Natural Earth at 1:50 million (public domain data) as TopoJSON, the package
``world-atlas`` 2.0.2; Tuvalu and Gibraltar, which it lacks, are points of the file at 1:10
million. Borders are drawn as Natural Earth has them, by who is in control on the ground, and
take no position on them. Kosovo, which the file gives no code, is XKX. Areas without a
code of their own (Somaliland, Northern Cyprus, the Siachen Glacier, and the Indian Ocean
territories) are drawn and never counted; a territory that the file draws as a part of its
state (such as French Guiana) has no shape of its own.
"""

from __future__ import annotations

import csv
import functools
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from secdiplo.folder import resources

MAP_FILE = "world-50m.json"
CONVENTION = (
    "Borders as in Natural Earth 1:50 million, by control on the ground; this project takes no "
    "position on them"
)
SOUTH = -58.0  # Antarctica, below, is cut off
TOLERANCE = 0.0024  # in units of the map: a fifth of a point on a map of 6.5 inches
SMALL_AREA = (
    0.00032  # a country whose largest shape is smaller, in units of the map, has a circle too
)
EXTRA = {"TUV": (179.2, -8.51), "GIB": (-5.35, 36.13)}  # from the file at 1:10 million, rounded
NAMED = {"Kosovo": "XKX"}  # what the file gives a name and no code

Ring = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """The map: shapes and points in the units of the projection, x to the east, y to the north.

    Attributes
    ----------
    shapes : dict of str to list of list of array
        The polygons of each country by ISO 3166-1 alpha-3 (XKX for Kosovo), each a list of rings
        of shape (points, 2): the outer one first, then holes.
    unassigned : dict of str to list of list of array
        The same of areas without a code, by their name.
    points : dict of str to (float, float)
        The middle of the largest polygon of each country, and of those that have no shape.
    small : frozenset of str
        Countries that are too small to be seen as shapes.
    extent : tuple of float
        Least and greatest x, least and greatest y of what is shown.
    """

    shapes: dict[str, list[list[Ring]]]
    unassigned: dict[str, list[list[Ring]]]
    points: dict[str, tuple[float, float]]
    small: frozenset[str]
    extent: tuple[float, float, float, float]


def project(longitude: Ring, latitude: Ring) -> Ring:
    """Equal Earth coordinates of places in degrees.

    Parameters
    ----------
    longitude, latitude : array
        In degrees, of one shape.

    Returns
    -------
    array
        Of shape (places, 2).

    Notes
    -----
    The polynomial of Šavrič, Patterson and Jenny (2019), The Equal Earth map projection, on a
    sphere of radius 1; areas on it are true.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    root = np.sqrt(3)
    theta = np.arcsin(root / 2 * np.sin(np.radians(latitude)))
    slope = 9 * a4 * theta**8 + 7 * a3 * theta**6 + 3 * a2 * theta**2 + a1
    x = 2 * root * np.radians(longitude) * np.cos(theta) / (3 * slope)
    y = a4 * theta**9 + a3 * theta**7 + a2 * theta**3 + a1 * theta
    return np.stack([x, y], axis=-1)


@functools.cache
def load() -> World:
    """The map of the shipped file.

    Returns
    -------
    World
    """
    reference = resources.shipped("data") / "reference"
    with (reference / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["iso_numeric"] and not row["state_to"]]
    codes = {row["iso_numeric"]: row["iso3"] for row in rows}
    topology = json.loads((reference / MAP_FILE).read_text(encoding="utf-8"))
    arcs = _thinned(_arcs(topology))
    shapes: dict[str, list[list[Ring]]] = {}
    unassigned: dict[str, list[list[Ring]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = codes.get(geometry.get("id", "")) or NAMED.get(name)
        polygons = _polygons(geometry, arcs)
        if code:
            shapes.setdefault(code, []).extend(polygons)
        elif geometry.get("id") is None:
            unassigned[name] = polygons
    shapes, unassigned = _projected(shapes), _projected(unassigned)
    points, small = {}, set(EXTRA)
    for code, polygons in shapes.items():
        areas = [abs(_area(rings[0])) for rings in polygons]
        least = min(max(areas), 4 * TOLERANCE**2)  # smaller islets are left out
        shapes[code] = [p for p, area in zip(polygons, areas, strict=True) if area >= least]
        largest = polygons[int(np.argmax(areas))][0]
        points[code] = (float(largest[:, 0].mean()), float(largest[:, 1].mean()))
        if max(areas) < SMALL_AREA:
            small.add(code)
    for code, (longitude, latitude) in EXTRA.items():
        ((x, y),) = project(np.array([longitude]), np.array([latitude]))
        points[code] = (float(x), float(y))
    east = project(np.array([180.0]), np.array([0.0]))[0, 0]
    edges = project(np.zeros(2), np.array([SOUTH, 84.0]))[:, 1]
    extent = (-float(east), float(east), float(edges[0]), float(edges[1]))
    return World(shapes, unassigned, points, frozenset(small), extent)


def _arcs(topology: dict[str, Any]) -> list[Ring]:
    """The lines of a topology in degrees: their points are kept as steps on a grid."""
    scale, origin = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    arcs = topology["arcs"]
    ends = np.cumsum([len(arc) for arc in arcs])
    steps = np.array([point for arc in arcs for point in arc], dtype=np.float64)
    sums = np.cumsum(steps, axis=0)  # over all arcs at once, less what stood before each
    before = np.concatenate([np.zeros((1, 2)), sums[ends[:-1] - 1]])
    places = (sums - np.repeat(before, np.diff(ends, prepend=0), axis=0)) * scale + origin
    return np.split(places, ends[:-1])


def _thinned(arcs: list[Ring]) -> list[Ring]:
    """Lines without the points that nobody would miss: Douglas and Peucker, all lines at once.

    Neighbours share their lines, so that no gap opens between them.
    """
    flat, counts = np.concatenate(arcs), np.array([len(arc) for arc in arcs])
    map_points = project(flat[:, 0], flat[:, 1])
    ends = np.cumsum(counts)
    keep = np.zeros(len(flat), dtype=bool)
    keep[ends - 1] = keep[ends - counts] = True
    points = np.arange(len(flat))  # of the stretches that may need more points
    while len(points):
        kept = np.flatnonzero(keep)
        stretch = np.searchsorted(kept, points, side="right") - 1
        first = map_points[kept[stretch]]
        along = map_points[kept[np.minimum(stretch + 1, len(kept) - 1)]] - first
        away = map_points[points] - first
        length = np.hypot(along[:, 0], along[:, 1])
        off = np.abs(along[:, 0] * away[:, 1] - along[:, 1] * away[:, 0])
        off = np.where(length, off / np.where(length, length, 1), np.hypot(away[:, 0], away[:, 1]))
        off[keep[points]] = 0
        starts = np.flatnonzero(np.diff(stretch, prepend=-1))
        most = np.repeat(np.maximum.reduceat(off, starts), np.diff(starts, append=len(points)))
        farthest = points[(most > TOLERANCE) & (off == most)]
        _, one = np.unique(np.searchsorted(kept, farthest), return_index=True)
        keep[farthest[one]] = True
        points = points[most > TOLERANCE]
    thin = [arc[keep[end - len(arc) : end]] for arc, end in zip(arcs, ends, strict=True)]
    return [  # an islet of which too few points would be left stays as it is
        whole if len(arc) < 4 and (arc[0] == arc[-1]).all() else arc
        for arc, whole in zip(thin, arcs, strict=True)
    ]


def _polygons(geometry: dict[str, Any], arcs: list[Ring]) -> list[list[Ring]]:
    """The polygons of a geometry in degrees; an arc of number ~n is arc n from its end."""
    parts = geometry["arcs"]
    several = parts if geometry["type"] == "MultiPolygon" else [parts]
    polygons = []
    for polygon in several:
        rings = []
        for ring in polygon:
            lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
            rings.append(np.concatenate([lines[0], *(line[1:] for line in lines[1:])]))
        if np.abs(np.diff(rings[0][:, 0])).max() > 180:
            polygons += _parted(rings[0])
        else:
            polygons.append(rings)
    return polygons


def _parted(ring: Ring) -> list[list[Ring]]:
    """A ring that runs over the edge of the map, as a polygon on either side of it."""
    steps = np.diff(ring[:, 0], prepend=ring[0, 0])
    turns = np.cumsum(np.where(steps > 180, -360.0, np.where(steps < -180, 360.0, 0.0)))
    whole = np.column_stack([ring[:, 0] + turns, ring[:, 1]])
    if abs(turns[-1]) > 1:  # around a pole, which lies outside of what is shown
        return []
    edge = 180.0 if whole[:, 0].max() > 180 else -180.0
    sides = [_clipped(whole, edge, upper) for upper in (False, True)]
    beyond = sides[edge > 0]
    beyond[:, 0] -= np.copysign(360.0, edge)
    return [[side] for side in sides if len(side) > 3]


def _clipped(ring: Ring, edge: float, upper: bool) -> Ring:
    """The part of a ring on one side of a meridian, closed along it (Sutherland and Hodgman)."""
    kept: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (x0 > edge) != (x1 > edge):
            kept.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        if (x1 > edge) == upper:
            kept.append((x1, y1))
    return np.array([*kept, *kept[:1]]).reshape(-1, 2)


def _projected(shapes: dict[str, list[list[Ring]]]) -> dict[str, list[list[Ring]]]:
    """Shapes in degrees as shapes on the map, in one go."""
    rings = [ring for polygons in shapes.values() for polygon in polygons for ring in polygon]
    ends = np.cumsum([len(ring) for ring in rings])
    flat = np.concatenate(rings)
    parts = iter(np.split(project(flat[:, 0], flat[:, 1]), ends[:-1]))
    return {
        code: [[next(parts) for _ in polygon] for polygon in polygons]
        for code, polygons in shapes.items()
    }


def _area(ring: Ring) -> float:
    """The signed area of a ring in units of the map."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
