"""Where things lie: the synthetic dataset, the files of a table, what a bare statement is made of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUERIES = (
    "regional_shares",
    "country_totals",
    "period_totals",
    "sideline_counts",
    "official_counterparts",
    "topic_totals",
)
PANEL = "panel"
MEASURES = ("events", "bilateral_meetings", "cumulative_events", "days_since_contact")
EVENT_TABLES = (
    "events",
    "interactions",
    "participations",
    "interaction_topics",
    "sources",
    "event_sources",
    "officials",
    "forums",
)
GIVEN = {"dialogue_attendance": {"forum": "GPSCFL 2024"}}  # its own session need not be there
SECDIPLO = str(Path(sys.executable).with_name("secdiplo"))


def synthetic(folder: Path, rows: int, kind: str = "csv") -> Path:
    """Write a synthetic dataset folder of this many rows, in a process of its own."""
    command = [SECDIPLO, "simulate", "--rows", str(rows), "--seed", "7", "--as", kind]
    subprocess.run([*command, "-o", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


def manifest(tables: Path) -> dict:
    """The manifest of built tables."""
    return json.loads((tables / "manifest.json").read_text(encoding="utf-8"))


def files(tables: Path, name: str) -> list[str]:
    """The Parquet files of a built table."""
    about = manifest(tables)["tables"][name]
    parts = [part["file"] for part in about.get("parts", ())]
    return [str(tables / file) for file in parts or [f"{name}.parquet"]]


def scope_of(tables: Path, scope: str) -> str:
    """The name of a scope, `default` being the dataset's own."""
    return manifest(tables)["dataset"]["default_scope"] if scope == "default" else scope


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
