"""secdiplo: build, check, query and reproduce event-interaction datasets of diplomacy.

>>> import secdiplo as sd
>>> ds = sd.load("tests/data/mini")
>>> ds.query("dataset_totals")["events"].item()
5
"""

from typing import TYPE_CHECKING, Any

__version__ = "2.0.0.dev0"

__all__ = [
    "DataError",
    "Dataset",
    "FigureError",
    "SecdiploError",
    "StoreError",
    "UsageError",
    "__version__",
    "append",
    "build",
    "check",
    "countries",
    "init",
    "load",
    "model",
    "simulate",
]

if TYPE_CHECKING:
    from secdiplo import countries
    from secdiplo.building import append, build, check
    from secdiplo.building.new_folder import init
    from secdiplo.dataset import Dataset, load
    from secdiplo.errors import DataError, FigureError, SecdiploError, StoreError, UsageError
    from secdiplo.scale.simulate import simulate
    from secdiplo.schema import model

_HOMES = {
    "DataError": "errors",
    "Dataset": "dataset",
    "FigureError": "errors",
    "SecdiploError": "errors",
    "StoreError": "errors",
    "UsageError": "errors",
    "append": "building",
    "build": "building",
    "check": "building",
    "init": "building.new_folder",
    "load": "dataset",
    "model": "schema",
    "simulate": "scale.simulate",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import secdiplo` stays light."""
    import importlib

    if name in _HOMES:
        value = getattr(importlib.import_module(f"secdiplo.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "countries":  # a module of its own, by which its functions are called
        return importlib.import_module("secdiplo.countries")
    from secdiplo.suggest import renamed

    what = f"module `secdiplo` has no attribute `{name}`"
    raise AttributeError("; ".join(filter(None, [what, renamed(name, __all__)])))


def __dir__() -> list[str]:
    return sorted(__all__)
