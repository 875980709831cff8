"""The replication package that journals ask for: data, code, results, and how to rerun them."""

from __future__ import annotations

import csv
import math
import platform
import shutil
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import __version__, cite, codebook, figures, store
from secdiplo import query as queries
from secdiplo.audit import intervals
from secdiplo.errors import UsageError
from secdiplo.export import about, columnar, place, results
from secdiplo.export.contents import Contents
from secdiplo.figures import basemap
from secdiplo.folder import reading as folders
from secdiplo.folder import resources
from secdiplo.output import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from secdiplo.store import Built

CORE = ("click", "duckdb", "matplotlib", "pandas", "pandera", "pyarrow", "rapidfuzz", "scipy")
FOLDER_PARTS = ("codes.csv", "curated", "queries", "reference", "tables")  # beside dataset.toml
FILE_COLUMNS = ("path", "rows", "bytes", "sha256", "what")
SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
FIXED_FILES = {
    "run.py": "Checks, builds and computes everything again, offline, and compares.",
    "requirements.txt": "The libraries and their exact versions.",
    "codebook.md": "The codebook: every table, column, code and query.",
    "codebook.html": "The codebook as one page.",
    "codebook.csv": "The codebook as rows: one a column.",
    "codebook_values.csv": "The codes of every column, with their meanings and counts.",
    "CITATION.txt": "How to cite the dataset and what it comes from.",
    "tables/manifest.json": "Name and version of the dataset; rows and content hash of each table.",
    "results/reproduce.csv": "Every published value beside the recomputed one.",
    "data/dataset.toml": "The settings of the dataset.",
    "data/codes.csv": "The code lists of the dataset.",
    "data/curated/interactions.csv": "The coder's sheet.",
    "data/curated/CODING.md": "The rules by which the sheet was coded.",
}


def bundle(contents: Contents, folder: Path) -> None:
    """Write the package.

    Raises
    ------
    UsageError
        The dataset was opened without its folder, or the folder gives other tables by now.
    DataError
        The folder has errors.
    """
    if contents.source is None:
        what = "a bundle is made from a dataset folder, and these are built tables"
        raise UsageError(f"{what}; open the folder, or name other formats")
    _copy_data(contents.source, folder / "data")
    start = time.perf_counter()
    manifest, _ = store.write_tables(folder / "data", folder / "tables", _derive(contents))
    _refuse_other(contents, manifest)
    lacking = results.write(store.open_tables(folder / "tables"), folder / "results")
    minutes = max(1, math.ceil((time.perf_counter() - start) * 3 / 60))
    (folder / "csv").mkdir()
    columnar.csv_files(contents, folder / "csv")
    _describe(contents, folder)
    _copy_software(contents.source, folder / "software" / "secdiplo")
    source = Path(__file__).with_name("rerun.py").read_text(encoding="utf-8")
    (folder / "run.py").write_text(source, encoding="utf-8")
    names = "".join(f"{name}=={version(name)}\n" for name in _closure())
    (folder / "requirements.txt").write_text(names, encoding="utf-8")
    rows = list(_files(contents, folder))
    columnar.write_csv(folder / "files.csv", FILE_COLUMNS, rows)
    text = _readme(contents, rows, minutes, lacking)
    (folder / "README.md").write_text(text, encoding="utf-8")


def _copy_data(source: Path, out: Path) -> None:
    """The parts of a dataset folder that the toolkit reads, and the notes beside its sheets."""
    settings = folders.read(source)
    out.mkdir()
    parts = [*FOLDER_PARTS]
    if settings.annotations and settings.annotations.resolve().is_relative_to(source.resolve()):
        parts.append(settings.annotations.relative_to(source).as_posix())
    shutil.copyfile(source / "dataset.toml", out / "dataset.toml")
    for part in parts:
        if (source / part).is_dir():
            _copy_tree(source / part, out / part)
        elif (source / part).is_file():
            shutil.copyfile(source / part, out / part)


def _derive(contents: Contents) -> Callable[[Built], dict[str, Any]]:
    """What takes a solver to compute is taken from the open tables, where they have it."""
    kept = contents.built.manifest.get("intervals")
    return intervals.for_manifest if kept is None else lambda _: {"intervals": kept}


def _refuse_other(contents: Contents, manifest: dict[str, Any]) -> None:
    """The folder must give the tables that are open: it can have been edited since."""
    open_tables = contents.built.manifest["tables"]
    odd = [name for name, made in manifest["tables"].items() if made != open_tables[name]]
    if odd:
        what = f"{contents.source}: builds a table `{odd[0]}` that differs from the open one"
        raise UsageError(f"{what}; build the folder and open it again")


def _describe(contents: Contents, folder: Path) -> None:
    (folder / "schema").mkdir()
    for name, text in codebook.files(contents.built, contents.source).items():
        where = folder if name.startswith("codebook") else folder / "schema"
        (where / name).write_text(text, encoding="utf-8")
    (folder / "CITATION.txt").write_text(cite.text(contents.built) + "\n", encoding="utf-8")
    for file in _licences(contents):
        shutil.copyfile(file, folder / file.name)
    if not (folder / "LICENSE-DATA").exists():
        licence = about.licence(contents.built.dataset["licence"])
        address = f": {licence['path']}" if "path" in licence else ""
        text = f"{contents.label}: {_named(licence)}{address}\n"
        (folder / "LICENSE-DATA").write_text(text, encoding="utf-8")


def _named(licence: Mapping[str, str]) -> str:
    """Return a licence by its title, and by its short name where it has another one."""
    title, name = licence["title"], licence["name"]
    return title if title == name else f"{title} ({name})"


def _licences(contents: Contents) -> list[Path]:
    """The licence of the toolkit, and also that of its data for the built-in dataset.

    A checkout has them at its top, and an installed package beside its metadata.
    """
    top = resources.PACKAGE.parent.parent
    is_shipped = contents.source == resources.shipped("data")
    names = ("LICENSE", "LICENSE-DATA") if is_shipped else ("LICENSE",)
    if all((top / name).is_file() for name in names):
        return [top / name for name in names]
    try:
        installed = distribution("secdiplo").files or []
    except PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in installed if file.name in names]


def _copy_software(source: Path, out: Path) -> None:
    """The toolkit's own source with its sheets of countries, so that nothing has to be downloaded.

    Of the dataset that comes with the toolkit, nothing else goes along: only the published values
    that a dataset takes from it.
    """
    beside = shutil.ignore_patterns("built", "_folder")
    shutil.copytree(
        resources.PACKAGE,
        out,
        ignore=lambda place, names: (
            SKIPPED(place, names)
            | (beside(place, names) if Path(place) == resources.PACKAGE else set())
        ),
        copy_function=shutil.copyfile,
    )
    shipped, target = resources.shipped("data"), out / "_folder" / "data"
    _copy_tree(shipped / "countries", target / "countries")
    (target / "reference").mkdir()
    for name in ("reference/countries.csv", f"reference/{basemap.MAP_FILE}"):
        shutil.copyfile(shipped / name, target / name)
    if folders.read(source).annotations == resources.shipped("seeds"):
        _copy_tree(resources.shipped("seeds"), out / "_folder" / "seeds")


def _copy_tree(source: Path, out: Path) -> None:
    """The contents of a folder, without caches, hidden files, times and rights."""
    shutil.copytree(source, out, ignore=SKIPPED, copy_function=shutil.copyfile)


def _closure() -> list[str]:
    """The libraries that the toolkit needs, and those that they need."""
    from packaging.requirements import Requirement

    found: dict[str, None] = {}
    waiting = list(CORE)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        for text in requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(needed.name.lower().replace("_", "-"))
    return sorted(found)


# --- what it says of itself -----------------------------------------------------------------


def _files(contents: Contents, folder: Path) -> Iterator[tuple[str, int | None, int, str, str]]:
    """Path, rows, bytes, digest and meaning of every file."""
    for entry in place.describe(folder):
        path = Path(entry["path"])
        rows = _rows(contents, folder, path)
        yield entry["path"], rows, entry["bytes"], entry["sha256"], _meaning(contents, path)


def _rows(contents: Contents, folder: Path, path: Path) -> int | None:
    if path.suffix == ".parquet" and path.parts[0] == "tables":
        return contents.count(path.stem)
    if path.suffix != ".csv":
        return None
    with (folder / path).open(encoding="utf-8-sig", newline="") as file:
        return max(0, sum(1 for _ in csv.reader(file)) - 1)


def _meaning(contents: Contents, path: Path) -> str:
    text = path.as_posix()
    if text in FIXED_FILES:
        return FIXED_FILES[text]
    if path.parts[0] in {"tables", "csv"} and path.stem in contents.tables:
        return contents.tables[path.stem].grain
    if path.parts[0] == "schema":
        return f"The columns of `{path.stem}` as a Table Schema."
    if text.startswith("results/queries/"):
        return f"{queries.load(path.stem, contents.built.dataset).title}."
    if text.startswith("results/figures/"):
        return figures.available(contents.built.dataset)[path.stem].about
    if path.parts[0] == "software":
        return "Part of the toolkit."
    if path.name.startswith("LICENSE"):
        return "A licence."
    return "A sheet or note of the dataset folder."


def _readme(
    contents: Contents,
    rows: list[tuple[str, int | None, int, str, str]],
    minutes: int,
    lacking: list[str],
) -> str:
    dataset = contents.built.dataset
    licence = about.licence(dataset["licence"])
    shown = [row for row in rows if not row[0].startswith("software/")]
    software = [(row[0], row[2], row[3]) for row in rows if row[0].startswith("software/")]
    system = f"{platform.system()} {platform.machine()}, {platform.python_implementation()}"
    parts = [
        f"# {dataset['title']}: replication package\n",
        f"{about.described(contents)}\n",
        f"Dataset `{dataset['name']}`, version {dataset['version']}; made with secdiplo "
        f"{__version__}. Status of the rows: {queries.basis(contents.built)}.\n",
        *_how_to_rerun(minutes),
        "## Computed with\n",
        f"{system} {platform.python_version()}; the libraries of `requirements.txt`.\n",
        "## Units\n",
        render.render(("unit", "meaning"), list(queries.QUERY_UNITS.items()), "markdown"),
        "\n## Licence\n",
        f"Data: {_named(licence)}. Code in `software/` and `run.py`: MIT.\n",
        "## Cite\n",
        cite.text(contents.built) + "\n",
    ]
    if lacking:
        parts += ["## Left out\n", *[f"- {text}" for text in lacking], ""]
    parts += [
        "## Files\n",
        "Every file but this one, `files.csv` and the list of the export, `export.json`:\n",
        render.render(FILE_COLUMNS, shown, "markdown"),
        "\n## Files of the toolkit\n",
        render.render(("path", "bytes", "sha256"), software, "markdown"),
    ]
    return "\n".join(parts)


def _how_to_rerun(minutes: int) -> list[str]:
    within = "less than a minute" if minutes == 1 else f"at most {minutes} minutes"
    return [
        "## Run it again\n",
        "```\npython -m venv env\n. env/bin/activate\n"
        "pip install -r requirements.txt\npython run.py\n```\n",
        "Only the third line needs a network, and none where the libraries are installed or are "
        "in a folder (`pip install --no-index --find-links FOLDER -r requirements.txt`). The "
        "toolkit itself is in `software/` and is not installed. `run.py` refuses every connection "
        "and says so. It compares every file with `files.csv`, checks `data/`, builds the tables "
        "and compares their content hashes with `tables/manifest.json`, computes every query, "
        "figure and published claim into `results/` and compares them with those delivered.\n",
        f"Expected: {within} on a machine like the one below; the last lines say that the package "
        "gives the delivered results, and the exit code is 0. On other versions or another system "
        "the numbers must be the same; the bytes of figures can differ. That is printed and is "
        "no failure.\n",
    ]
