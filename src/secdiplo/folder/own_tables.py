"""Tables that a dataset folder declares: ``tables/NAME.json``, with ``curated/NAME.csv``.

A declaration is a Frictionless Table Schema. What is wrong with it is found before any row is
read, each with its line.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem
from secdiplo.folder.own_files import OWN_NAME, read_text
from secdiplo.schema.codes import LISTS
from secdiplo.schema.frictionless import (
    DATE_PATTERN,
    LIMITS,
    TEXT_KINDS,
    codes_within,
    from_table_schema,
    kind_of,
    names_of,
)
from secdiplo.schema.tables import SHEETS, TABLES, Column, Table, own_sheet
from secdiplo.suggest import hint

TABLES_FOLDER = "tables"
MAX_TABLES = 100
MAX_FIELDS = 500
MAX_DECLARATION = 1_000_000  # bytes of a file
TYPES = ("string", "integer", "number", "boolean", "date", "year", "list")
TABLE_KEYS = (
    "$schema",
    "name",
    "title",
    "description",
    "fields",
    "primaryKey",
    "foreignKeys",
    "uniqueKeys",
    "missingValues",
    "unit",
)
FIELD_KEYS = (
    "name",
    "type",
    "format",
    "title",
    "description",
    "example",
    "constraints",
    "categories",
    "kind",
    "codes",
    "openCodes",
    "optional",
    "unit",
    "blank",
    "derived",
)
DERIVED_FIELDS = ("date_min", "date_max", "date_precision")
ACTOR_PAIR = ("counterpart_type", "counterpart")
REFERRED = {  # what an own table may refer to, beside other own tables
    "countries": ("iso3",),
    "organizations": ("code",),
    "nonstate_actors": ("code",),
    "forum_series": ("series",),
    "forums": ("forum_id",),
    "events": ("event_id",),
    "interactions": ("interaction_id",),
    "claims": ("claim_id",),
    "seeds": ("seed_file",),
    "counterparts": ACTOR_PAIR,
    "actors": ACTOR_PAIR,
}
# Names that the checks, the build and the parts of queries give to tables of their own, and words
# that SQL keeps for itself.
TAKEN = """
    actors all_further all_names all_rows bad_cells counterparts empty_rows flagged former_rows
    further home hosts in_scope named_elsewhere new_rows numbers participation_values
    regions rows scope_window scoped stage_codes stage_lists stage_scopes
    touched touched_years violations
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create default deferrable desc describe distinct do else end except false fetch
    for foreign from group having in initially intersect into lambda lateral leading limit not
    null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
    references returning select show some summarize symmetric table then to trailing true union
    unique unpivot using variadic when where window with
"""
LIMITS_OF = {  # the constraints that a field may have, by its kind
    "text": ("unique", "pattern", "minLength", "maxLength"),
    "url": ("unique",),
    "code": ("unique",),
    "list": (),
    "partial_date": ("unique", "pattern"),
    "date": ("unique", "minimum", "maximum"),
    "year": ("unique", "minimum", "maximum"),
    "integer": ("unique", "minimum", "maximum"),
    "number": ("unique", "minimum", "maximum"),
    "boolean": (),
}


@dataclass
class _Declaration:
    """A file of the folder while it is looked at."""

    label: str
    text: str
    body: dict[str, Any]

    def problem(self, what: str, *names: str) -> Problem:
        """A problem at the line on which the last of some names stands, or the first line."""
        line = 1
        for name in names:
            found = re.search(rf'"{re.escape(name)}"', self.text)
            line = self.text.count("\n", 0, found.start()) + 1 if found else line
        return Problem(self.label, line, names[-1] if names else "1", what)

    def at_field(self, name: str, what: str) -> Problem:
        """A problem at the line of a field."""
        found = re.search(rf'"name"\s*:\s*"{re.escape(name)}"', self.text)
        line = self.text.count("\n", 0, found.start()) + 1 if found else 1
        return Problem(self.label, line, name, what)


def read(folder: Path) -> tuple[tuple[Table, ...], list[Problem]]:
    """Read the tables that a dataset folder declares.

    Parameters
    ----------
    folder : path
        The dataset folder.

    Returns
    -------
    (tuple of Table, list of Problem)
        The declarations that are right, by name, and what is wrong with the others.
    """
    place = folder / TABLES_FOLDER
    files = sorted(place.glob("*"))[: MAX_TABLES + 1] if place.is_dir() else []
    problems: list[Problem] = []
    found: dict[str, _Declaration] = {}
    if len(files) > MAX_TABLES:
        what = f"more than {MAX_TABLES} tables; keep those that are used"
        problems.append(Problem(f"{TABLES_FOLDER}/{files[-1].name}", 1, "1", what))
    for file in files[:MAX_TABLES]:
        declaration = _parsed(file, folder)
        if isinstance(declaration, Problem):
            problems.append(declaration)
            continue
        wrong = [*_shape(file.stem, declaration)]
        problems += wrong
        if not wrong:
            declaration.body["name"] = file.stem
            _require_key(declaration.body)
            found[file.stem] = declaration
    wrong = [*_references(found, {file.stem for file in files}), *_circles(found)]
    bad = {problem.file for problem in wrong}
    tables = (
        from_table_schema(declaration.body, own_sheet(name))
        for name, declaration in found.items()
        if declaration.label not in bad
    )
    return tuple(tables), problems + wrong


def _require_key(body: dict[str, Any]) -> None:
    """Let no cell of the primary key be blank, as the standard has it."""
    for field in body["fields"]:
        if field["name"] in names_of(body["primaryKey"]):
            field["constraints"] = {**field.get("constraints", {}), "required": True}


def _parsed(file: Path, folder: Path) -> _Declaration | Problem:
    """Read a file as JSON, within bounds and within the folder."""
    label = f"{TABLES_FOLDER}/{file.name}"

    def refusal(what: str, line: int = 1, column: str = "1") -> Problem:
        return Problem(label, line, column, what)

    if file.suffix != ".json" or not file.is_file():
        return refusal("not a declaration; only files NAME.json belong here; move it elsewhere")
    try:
        text = read_text(file, folder, MAX_DECLARATION, "a declaration has no rows; shorten it")
    except DataError as error:
        return error.problems[0]
    try:
        body = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        what = f"not valid JSON ({error.msg.lower()}); fix the line"
        return refusal(what, error.lineno, str(error.colno))
    except _RepeatedKeyError as error:
        place = text.rfind(f'"{error}"')
        what = f"the key `{error}` is in one object twice; keep one"
        return refusal(what, text.count("\n", 0, max(place, 0)) + 1, str(error))
    except (ValueError, RecursionError):
        return refusal("not valid JSON; fix the file")
    if not isinstance(body, dict):
        return refusal("not a Table Schema; write an object with `fields` and `primaryKey`")
    return _Declaration(label, text, body)


class _RepeatedKeyError(ValueError):
    """A key that is in one object twice; the parser alone would keep the last one silently."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKeyError(key)
        found[key] = value
    return found


# --- one declaration ------------------------------------------------------------------------


def _shape(name: str, declaration: _Declaration) -> Iterator[Problem]:
    """What is wrong with a declaration by itself."""
    body, problem = declaration.body, declaration.problem
    if not OWN_NAME.fullmatch(name):
        yield problem(f"`{name}` cannot name a table; use up to 32 small letters, digits and `_`")
    elif name in {*TABLES, *SHEETS}:
        yield problem(f"`{name}` is a table of the toolkit; give yours another name")
    elif name in TAKEN.split():
        yield problem(
            f"`{name}` is a name that SQL or the toolkit uses; give the table another name"
        )
    if body.get("name", name) != name:
        yield problem(f"`name` is not `{name}`, as the file is called; drop it", "name")
    yield from _unknown_keys(declaration, body, TABLE_KEYS)
    if body.get("missingValues", [""]) != [""]:
        yield problem('only a blank cell is a missing value; write `[""]`', "missingValues")
    for key in ("title", "description", "unit"):
        if not isinstance(body.get(key, ""), str):
            yield problem(f"`{key}` is not text; put it in quotes", key)
    if not body.get("description") and not body.get("title"):
        yield problem("`description` is missing; say what one row is")
    fields = body.get("fields")
    if not isinstance(fields, list) or not fields or len(fields) > MAX_FIELDS:
        what = f"`fields` is not a list of 1 to {MAX_FIELDS} fields; list them"
        yield problem(what, *(["fields"] if "fields" in body else []))
        return
    seen: set[str] = set()
    for field in fields:
        yield from _field(declaration, field, seen)
    yield from _derived(declaration, fields)
    yield from _key(declaration, seen)
    yield from _unique_keys(declaration, seen)
    yield from _foreign_keys(declaration, seen)


def _unknown_keys(
    declaration: _Declaration, body: Mapping[str, Any], known: tuple[str, ...], field: str = ""
) -> Iterator[Problem]:
    for key in body:
        if key not in known:
            remedy = hint(key, known) or f"known: {', '.join(known)}"
            what = f"unknown key `{key}`; {remedy}"
            yield declaration.at_field(field, what) if field else declaration.problem(what, key)


def _field(declaration: _Declaration, field: Any, seen: set[str]) -> Iterator[Problem]:
    """What is wrong with a field; its name goes into `seen`."""
    name = field.get("name") if isinstance(field, dict) else None
    if not isinstance(field, dict) or not isinstance(name, str):
        yield declaration.problem("a field without a name; give it `name`", "fields")
        return

    def at(what: str) -> Problem:
        return declaration.at_field(str(name), what)

    if not OWN_NAME.fullmatch(name) or name in {"row", "rowid"}:
        yield at(f"`{name}` cannot name a field; use up to 32 small letters, digits and `_`")
    if name in seen:
        yield at(f"two fields `{name}`; rename one")
    seen.add(name)
    yield from _unknown_keys(declaration, field, FIELD_KEYS, name)
    for key in ("title", "description", "unit", "blank", "codes", "kind", "format"):
        if not isinstance(field.get(key, ""), str):
            yield at(f"`{key}` is not text; put it in quotes")
            return
    if field.get("derived") and name not in DERIVED_FIELDS:
        yield at(f"`{name}` cannot be derived; only {', '.join(DERIVED_FIELDS)} are, from `date`")
    if not isinstance(field.get("type", "string"), str) or not kind_of(field):
        known = f"types: {', '.join(TYPES)}; kinds of a text: {', '.join(TEXT_KINDS)}"
        yield at(f"not a type or kind of a column; {known}")
        return
    if field.get("format", "default") not in {"default", "uri"}:
        yield at("not a supported format; drop it, or write `uri` for an address")
    constraints = field.get("constraints", {})
    if not isinstance(constraints, dict):
        yield at("`constraints` is not an object; write it as one")
        return
    yield from _codes(at, field, constraints)
    yield from _limits(at, field, constraints)


def _codes(at: Any, field: Mapping[str, Any], constraints: Mapping[str, Any]) -> Iterator[Problem]:
    """Lists of codes that are no lists, or have no codes."""
    for key, listed in (
        ("categories", field.get("categories")),
        ("enum", constraints.get("enum")),
    ):
        if listed is not None and (not isinstance(listed, list) or not listed):
            yield at(f"`{key}` lists no codes; list them, or drop it")
            return
    for item in field.get("categories", ()):
        code = item.get("value") if isinstance(item, dict) else item
        if not isinstance(code, str) or not code.strip():
            yield at("a category without a code; write `value` and `label`, as texts")
            return
    if codes_within(field) and field.get("type", "string") != "string":
        yield at("only a text can have codes; write `string` as its type")
    if field.get("kind") == "code" and not field.get("codes") and not codes_within(field):
        yield at("a code without a list; name one of codes.csv in `codes`, or give `categories`")


def _limits(at: Any, field: Mapping[str, Any], constraints: Mapping[str, Any]) -> Iterator[Problem]:
    """Constraints that are none, or that a field of this kind cannot have."""
    kind = kind_of(field)
    for key, value in constraints.items():
        if key in {"required", "unique"} and not isinstance(value, bool):
            yield at(f"`{key}` is not true or false; write one")
        elif key in {"required", "enum"}:
            continue
        elif key not in LIMITS:
            known = ", ".join(("required", "enum", *LIMITS))
            yield at(f"no constraint `{key}`; {hint(key, LIMITS) or f'known: {known}'}")
        elif key not in LIMITS_OF[kind]:
            yield at(f"a field of the kind {kind} has no `{key}`; drop it")
        elif key in {"minLength", "maxLength"} and type(value) is not int:
            yield at(f"`{key}` is not a whole number; write one")
        elif key in {"minimum", "maximum"} and not _is_limit(kind, value):
            yield at(f"`{key}` is not a {'date' if kind == 'date' else 'number'}; write one")
        elif key == "pattern" and kind == "partial_date" and value != DATE_PATTERN:
            yield at("a partial date has its own pattern; drop yours")
        elif key == "pattern" and not _is_pattern(value):
            yield at(
                "`pattern` is not a supported regular expression; remove look-around, or fix it"
            )


def _is_limit(kind: str, value: Any) -> bool:
    if kind == "date":
        return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pattern(value: Any) -> bool:
    """Whether Python and DuckDB both read a pattern, and match the same texts with it."""
    import duckdb

    if not isinstance(value, str) or re.search(r"\(\?[=!<P(]|\\[1-9ZAGbB]", value):
        return False
    try:
        with warnings.catch_warnings(), duckdb.connect() as con:
            warnings.simplefilter("error")  # of sets that Python may read otherwise one day
            re.compile(value)
            con.execute("select regexp_full_match('', $1)", [value])
    except (re.error, OverflowError, RecursionError, FutureWarning, duckdb.Error):
        return False
    return True


def _derived(declaration: _Declaration, fields: list[Any]) -> Iterator[Problem]:
    """Days that cannot be computed, because no field `date` gives them."""
    by_name = {str(field.get("name")): field for field in fields if isinstance(field, dict)}
    if by_name.get("date", {}).get("kind") == "partial_date":
        return
    for name in DERIVED_FIELDS:
        if by_name.get(name, {}).get("derived"):
            what = f"`{name}` is computed from a partial date named `date`; add that field"
            yield declaration.at_field(name, what)


def _key(declaration: _Declaration, fields: set[str]) -> Iterator[Problem]:
    key = declaration.body.get("primaryKey")
    if not key or not _is_names(key):
        what = "no primary key; name the fields that tell the rows apart in `primaryKey`"
        yield declaration.problem(what, *(["primaryKey"] if key is not None else []))
        return
    for name in names_of(key):
        if name not in fields:
            remedy = hint(name, fields) or "name one of the fields"
            yield declaration.problem(f"no field `{name}`; {remedy}", "primaryKey")


def _unique_keys(declaration: _Declaration, fields: set[str]) -> Iterator[Problem]:
    keys = declaration.body.get("uniqueKeys", [])
    if not isinstance(keys, list) or not all(map(_is_names, keys)):
        yield declaration.problem("`uniqueKeys` is not a list of lists of fields", "uniqueKeys")
        return
    for name in (name for key in keys for name in names_of(key) if name not in fields):
        remedy = hint(name, fields) or "name one of the fields"
        yield declaration.problem(f"no field `{name}`; {remedy}", "uniqueKeys")


def _is_names(key: Any) -> bool:
    return isinstance(key, str) or (
        isinstance(key, list) and bool(key) and all(isinstance(name, str) for name in key)
    )


def _foreign_keys(declaration: _Declaration, fields: set[str]) -> Iterator[Problem]:
    """References that have not the form of any, or name fields that are not there."""
    keys = declaration.body.get("foreignKeys", [])
    if not isinstance(keys, list):
        yield declaration.problem("`foreignKeys` is not a list; write it as one", "foreignKeys")
        return
    for key in keys:
        other = key.get("reference") if isinstance(key, dict) else None
        if (
            not isinstance(other, dict)
            or not _is_names(key.get("fields"))
            or not _is_names(other.get("fields"))
        ):
            what = "no reference; write `fields`, and `reference` with `resource` and `fields`"
            yield declaration.problem(what, "foreignKeys")
            continue
        if not isinstance(other.setdefault("resource", ""), str):
            yield declaration.problem("`resource` is not text; name a table", "foreignKeys")
            continue
        for name in names_of(key["fields"]):
            if name not in fields:
                remedy = hint(name, fields) or "name one of the fields"
                yield declaration.problem(f"no field `{name}`; {remedy}", "foreignKeys", name)


# --- several declarations -------------------------------------------------------------------


def _references(found: Mapping[str, _Declaration], there: set[str]) -> Iterator[Problem]:
    """References to tables or keys that are not there; those to a wrong declaration are left."""
    for name, declaration in found.items():
        for key in declaration.body.get("foreignKeys", []):
            other = key["reference"]["resource"] or name
            wanted = names_of(key["reference"]["fields"])
            if other in found:
                fields = names_of(found[other].body["primaryKey"])
            elif other in REFERRED:
                fields = REFERRED[other]
            elif other in there:
                continue
            else:
                known = [*REFERRED, *sorted(found)]
                remedy = hint(other, known) or f"known: {', '.join(known)}"
                yield declaration.problem(f"no table `{other}` to refer to; {remedy}", other)
                continue
            if fields != wanted:
                what = (
                    f"`{', '.join(wanted)}` is not the key of `{other}`; "
                    f"refer to `{', '.join(fields)}`"
                )
                yield declaration.problem(what, "foreignKeys", other)
            elif len(names_of(key["fields"])) != len(wanted):
                what = f"the key of `{other}` has {len(wanted)} fields; list the same number here"
                yield declaration.problem(what, "foreignKeys", other)


def _circles(found: Mapping[str, _Declaration]) -> Iterator[Problem]:
    """Tables that refer to one another in a circle."""
    edges = {
        name: {
            key["reference"]["resource"]
            for key in declaration.body.get("foreignKeys", [])
            if key["reference"]["resource"] not in {"", name}
        }
        & found.keys()
        for name, declaration in found.items()
    }
    for name in found:
        reached, way = set(edges[name]), list(edges[name])
        while way:
            new = edges[way.pop()] - reached
            reached |= new
            way += new
        if name in reached:
            others = ", ".join(f"`{other}`" for other in sorted(reached - {name}))
            what = f"refers to {others}, which refers back to it; drop one reference"
            yield found[name].problem(what, "foreignKeys")


def line_of_field(folder: Path, table: str, name: str) -> int:
    """Return the line on which a declaration has a field."""
    file = folder / TABLES_FOLDER / f"{table}.json"
    text = read_text(file, folder, MAX_DECLARATION, "")
    return _Declaration("", text, {}).at_field(name, "").line


def named_lists(tables: tuple[Table, ...], extra: tuple[Column, ...] = ()) -> set[str]:
    """The lists of codes that tables and extra columns need of codes.csv."""
    columns = [*extra, *(column for table in tables for column in table.columns)]
    named = {column.codes for column in columns if column.codes}
    within = {name for table in tables for name in table.lists}
    return named - within - LISTS.keys() - {"country"}
