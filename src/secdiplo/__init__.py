"""secdiplo: build, check, query and reproduce event-interaction datasets of diplomacy.

>>> import secdiplo as sd
>>> ds = sd.load()
>>> ds.query("country_totals", region="Africa").columns[:3].tolist()
['country', 'name', 'region']
"""

from typing import TYPE_CHECKING, Any

__version__ = "2.0.0.dev0"

__all__ = [
    "CountryError",
    "DataError",
    "Dataset",
    "FigureError",
    "SecdiploError",
    "StoreError",
    "UsageError",
    "__version__",
    "adjudicate",
    "append",
    "apply_decisions",
    "assign",
    "build",
    "check",
    "countries",
    "diff",
    "init",
    "load",
    "match",
    "model",
    "simulate",
    "workbook",
]

if TYPE_CHECKING:
    from secdiplo import countries
    from secdiplo.building import append, build, check
    from secdiplo.building.new_folder import init
    from secdiplo.coding import adjudicate, apply_decisions, assign, workbook
    from secdiplo.countries import CountryError
    from secdiplo.dataset import Dataset, diff, load, match
    from secdiplo.errors import DataError, FigureError, SecdiploError, StoreError, UsageError
    from secdiplo.scale.simulate import simulate
    from secdiplo.schema import model

_HOMES = {
    "CountryError": "countries",
    "DataError": "errors",
    "Dataset": "dataset",
    "FigureError": "errors",
    "SecdiploError": "errors",
    "StoreError": "errors",
    "UsageError": "errors",
    "adjudicate": "coding",
    "append": "building",
    "apply_decisions": "coding",
    "assign": "coding",
    "build": "building",
    "check": "building",
    "diff": "dataset",
    "init": "building.new_folder",
    "load": "dataset",
    "match": "dataset",
    "model": "schema",
    "simulate": "scale.simulate",
    "workbook": "coding",
}


class _UnknownNameError(AttributeError):
    """A name that is not public; the nearest one is looked for only if the message is read.

    Python asks for the name of every module before it imports it.
    """

    def __str__(self) -> str:
        from secdiplo.suggest import hint

        what = f"module `secdiplo` has no attribute `{self.args[0]}`"
        return "; ".join(filter(None, [what, hint(self.args[0], __all__)]))


def _public(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import secdiplo` stays light."""
    import importlib

    if name in _HOMES:
        value = getattr(importlib.import_module(f"secdiplo.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "countries":  # a module of its own, by which its functions are called
        return importlib.import_module("secdiplo.countries")
    raise _UnknownNameError(name)


if not TYPE_CHECKING:  # so that a type checker reports a name that is not public
    __getattr__ = _public


def __dir__() -> list[str]:
    return sorted(__all__)
