"""A module imports only from those above it in this order."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import secdiplo

PACKAGE = Path(secdiplo.__file__).parent
ORDER = [
    "errors",
    "text",
    "suggest",
    "files",
    "sql",
    "output",
    "schema",
    "figures.catalogue",
    "folder",
    "claims",
    "ingest",
    "engine",
    "store",
    "countries",
    "query",
    "coding",
    "claims.reproduce",
    "claims.overview",
    "coding.diff",
    "claims.claim_set",
    "audit",
    "panel",
    "codebook",
    "importer",
    "scale",
    "cite",
    "figures",
    "report",
    "export",
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
    # engine names scale.spark in a string: an extra, loaded when it is asked for
    wrong = []
    for path in modules():
        here = ORDER.index(room(path))
        wrong += [
            f"{path.name} imports {name}" for name in imported(path) if ORDER.index(name) > here
        ]
    assert wrong == []


def docstring_lines(text: str) -> int:
    """Count the lines of docstrings, which may be as long as their readers need."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body for node in ast.walk(ast.parse(text)) if isinstance(node, owners)]
    first = [body[0] for body in bodies if body and isinstance(body[0], ast.Expr)]
    strings = [node for node in first if isinstance(node.value, ast.Constant)]
    return sum((node.end_lineno or 0) - node.lineno + 1 for node in strings)


def test_modules_and_functions_stay_small():
    long_modules, long_functions = [], []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") - docstring_lines(text) > 640:
            long_modules.append(path.name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 60:
                long_functions.append(f"{path.name}:{node.name}")
    assert (long_modules, long_functions) == ([], [])


def assigned(path: Path) -> set[str]:
    """The public UPPER_CASE names that a module assigns."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            names |= {part.id for part in parts if isinstance(part, ast.Name) and part.id.isupper()}
    return {name for name in names if not name.startswith("_")}


def twice(names: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """The names that several modules have, and these modules."""
    found: dict[str, list[str]] = {}
    for path in modules():
        for name in names(path):
            found.setdefault(name, []).append(path.relative_to(PACKAGE).as_posix())
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_no_class_name_is_used_twice():
    def classes(path):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        return [node.name for node in nodes if isinstance(node, ast.ClassDef)]

    assert twice(classes) == {}


def test_no_constant_name_has_two_meanings():
    # every module of cli/ has COMMANDS, which main.py looks up
    assert set(twice(assigned)) == {"COMMANDS"}


def test_the_root_of_the_package_has_few_files():
    here = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert len(here - {"claims.py", "annotations.py"}) <= 8, sorted(here)


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
