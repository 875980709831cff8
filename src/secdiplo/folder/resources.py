"""Where the files that come with the toolkit lie, installed and editable alike."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The path of a shipped folder: ``data``, ``seeds`` or ``schema``.

    An installed package carries them beside its modules; a checkout has them at its top.
    """
    inside = PACKAGE / "_folder" / name
    return inside if inside.exists() else PACKAGE.parent.parent / name


def built() -> Path:
    """The folder of the built tables of the built-in dataset."""
    return PACKAGE / "built"


def sql(kind: str) -> Path:
    """The folder of packaged SQL: ``queries``, ``parts``, ``checks`` or ``ingest``."""
    return PACKAGE / "sql" / kind


def folder_of(path: Path | str | None) -> Path | None:
    """Return the dataset folder of a path: the shipped one without it, None for built tables."""
    if path is None:
        return shipped("data")
    return Path(path) if (Path(path) / "dataset.toml").is_file() else None
