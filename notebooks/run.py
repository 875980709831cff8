"""Run the notebooks from top to bottom, offline, and keep or compare their outputs.

`python notebooks/run.py` writes the outputs into the notebooks, `--check` compares them with
what the notebooks hold: text and tables word by word, pictures by being there.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
PICTURE = "image/png"
KEPT = ("text/plain", "text/html", PICTURE)


def notebooks() -> list[Path]:
    """The notebooks, in their order."""
    return sorted(HERE.glob("*.ipynb"))


def executed(path: Path) -> dict[str, Any]:
    """A notebook with the outputs of a new run, beside a copy of the examples."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(HERE.parent / "examples", Path(scratch) / "examples")
        where = Path(scratch) / "notebooks"
        where.mkdir()
        client = NotebookClient(
            notebook,
            timeout=120,
            record_timing=False,
            resources={"metadata": {"path": str(where)}},
        )
        client.execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        for output in cell.get("outputs", []):
            output.pop("metadata", None)
            if "data" in output:
                output["metadata"] = {}
                output["data"] = {k: v for k, v in output["data"].items() if k in KEPT}
    notebook.metadata["language_info"] = {"name": "python"}
    plain: dict[str, Any] = json.loads(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    return plain


def said(notebook: dict[str, Any]) -> list[Any]:
    """What the cells of a notebook say: of a picture only that there is one."""
    found = []
    for cell in notebook["cells"]:
        outputs = copy.deepcopy(cell.get("outputs", []))
        for output in outputs:
            if PICTURE in output.get("data", {}):
                output["data"][PICTURE] = "a picture"
        found.append(("".join(cell["source"]), outputs))
    return found


def main() -> None:
    """Run all of them; with --check say which outputs are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where outputs are stale")
    check = parser.parse_args().check
    stale = []
    for path in notebooks():
        fresh = executed(path)
        if check:
            held = json.loads(path.read_text(encoding="utf-8"))
            stale += [path.name] if said(held) != said(fresh) else []
        else:
            text = json.dumps(fresh, indent=1, ensure_ascii=False, sort_keys=True)
            path.write_text(text + "\n", encoding="utf-8")
    if stale:
        raise SystemExit(f"stale outputs: {', '.join(stale)}; run `just notebooks`")


if __name__ == "__main__":
    main()
