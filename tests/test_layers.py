"""A module imports only from those above it in this order."""

import ast
import subprocess
import sys
from pathlib import Path

import secdiplo

PACKAGE = Path(secdiplo.__file__).parent
ORDER = [
    "errors",
    "codes",
    "csv_injection",
    "text",
    "sqltext",
    "suggest",
    "tables",
    "resources",
    "files",
    "toml",
    "folder",
    "schema",
    "claims",
    "ingest",
    "engine",
    "store",
    "params",
    "countries",
    "queries",
    "coding",
    "integrity",
    "render",
    "world",
    "claims.reproduce",
    "claims.claim_set",
    "audit",
    "panel",
    "codebook",
    "importer",
    "synthetic",
    "cite",
    "figures",
    "report",
    "export",
    "shown",
    "building",
    "dataset",
    "cli",
]


def room_of(dotted: str) -> str:
    """The room of a module: a module with a place of its own is above the room of its folder."""
    first, _, rest = dotted.partition(".")
    own = f"{first}.{rest.partition('.')[0]}"
    return own if own in ORDER else first


def room(path: Path) -> str:
    return room_of(".".join(path.relative_to(PACKAGE).with_suffix("").parts))


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "secdiplo":
            found |= {room_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("secdiplo."):
            inside = node.module.removeprefix("secdiplo.")
            found |= {room_of(f"{inside}.{alias.name}") for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {
                room_of(a.name.removeprefix("secdiplo."))
                for a in node.names
                if a.name.startswith("secdiplo.")
            }
    return found & set(ORDER)


def modules():
    return [p for p in PACKAGE.rglob("*.py") if room(p) not in {"__init__", "__main__", "_folder"}]


def test_every_module_has_its_place():
    assert {room(path) for path in modules()} == set(ORDER)


def test_imports_run_one_way():
    # store names the exceptions and ingests only inside functions; type hints do not count
    wrong = []
    for path in modules():
        here = ORDER.index(room(path))
        wrong += [
            f"{path.name} imports {name}" for name in imported(path) if ORDER.index(name) > here
        ]
    assert wrong == []


def test_modules_and_functions_stay_small():
    long_modules, long_functions = [], []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 700:
            long_modules.append(path.name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 60:
                long_functions.append(f"{path.name}:{node.name}")
    assert (long_modules, long_functions) == ([], [])


def test_classes_of_these_rooms_have_names_of_their_own():
    found: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(room(path))
    twice = {name: rooms for name, rooms in found.items() if len(rooms) > 1}
    assert {name for name, rooms in twice.items() if {"importer", "countries"} & {*rooms}} == set()


def heavy_imports(*args: str) -> set[str]:
    code = (
        "import sys\n"
        "from secdiplo.cli import main\n"
        f"main({list(args)!r}, standalone_mode=False)\n"
        "print([m for m in ('pandas', 'pandera', 'matplotlib', 'scipy', 'numpy', "
        "'pyspark', 'sqlglot', 'rapidfuzz') "
        "if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))


def test_reading_commands_stay_light():
    assert heavy_imports("query", "regional_shares") == set()
    assert heavy_imports("reproduce") == set()
    assert heavy_imports("verify") == set()
    assert heavy_imports("check", "data") == set()
    assert heavy_imports("--version") == set()
    assert heavy_imports("country", "Peru", "--to", "cow") == set()


def test_the_package_itself_imports_nothing_heavy():
    code = "import sys, secdiplo; print([m for m in ('duckdb', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
