"""Values and codes of a proposed map: exact spellings filled in, doubtful ones left to decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from secdiplo import countries, toml
from secdiplo.importer import spellings
from secdiplo.importer.columns import Column
from secdiplo.importer.plan import DERIVED, Plan
from secdiplo.importer.spellings import BLANK, CLOSED, ORGANIZATION
from secdiplo.suggest import did_you_mean, ranked

COUNTRIES = {"counterpart", "host_country"}
Finder = Callable[[str], str | None]
Suggester = Callable[[str], list[str]]
Finders = tuple[Finder, Suggester, Mapping[str, str]]


def values(plan: Plan, target: str) -> list[str]:
    """Write the codes of one column's values: exact ones filled in, doubtful ones blank.

    Parameters
    ----------
    plan : Plan
        What was found out about the file.
    target : str
        The column of the sheet.

    Returns
    -------
    list of str
        The lines of its table; none where its values stay as they are.
    """
    column = plan.column(target)
    if column is None:
        return []
    if target in {"official", "forum", "topic"}:
        return _open_values(plan, target, column)
    if target not in CLOSED and target != "counterpart":
        return []
    find, suggest, codes = _finders(plan, target, column)
    lines, exact = [], 0
    for value, count in sorted(column.values.items(), key=lambda item: (-item[1], item[0])):
        code = find(value)
        if code == value and value in codes:
            exact += 1
            continue
        many = f"{count} row" + ("s" if count > 1 else "")
        if code:
            caution = countries.note(value) if CLOSED.get(target, "country") == "country" else ""
            note = f"  # {caution}" if caution else ""
            lines.append(f"{toml.text(value)} = {toml.text(code)}{note}")
        else:
            near = suggest(value)
            doubt = did_you_mean(near, '"') if near else _no_code(target, codes)
            lines.append(f'{toml.text(value)} = ""  # {doubt} ({many})')
    if not lines:
        return [f"# [values.{target}]: every value is a code already"]
    head = f"[values.{target}]"
    return [f"{head}  # {exact} more are codes already" if exact else head, *lines]


def _finders(plan: Plan, target: str, column: Column) -> Finders:
    """Return how values of a column are found and suggested, and the codes."""
    official, short = plan.sure.get("official"), spellings.iso2()
    if target in DERIVED and not plan.paper:
        return _no_code_found, _no_codes, {}
    known = spellings.names_of(target)
    if target in DERIVED and official and official.name == column.name:
        return (lambda value: _of_official(value, target)), _no_codes, known.codes
    if target in COUNTRIES and all(v in short or v in spellings.MISSING for v in column.values):
        return short.get, known.suggest, known.codes
    return known.find, known.suggest, known.codes


def _no_code_found(value: str) -> None:
    """Find nothing."""


def _no_codes(value: str) -> list[str]:
    """Suggest nothing."""
    return []


def _of_official(value: str, target: str) -> str | None:
    """Look up the agency or rank of an official, where the reference sheet has just one."""
    official = spellings.officials().find(value)
    rows = spellings.reference("reference/officials.csv")
    found = {row[target] for row in rows if row["official"] == official}
    return found.pop() if len(found) == 1 else None


def _no_code(target: str, codes: Mapping[str, str]) -> str:
    if not codes:
        return f"left to decide: a code of yours, under [codes.{CLOSED[target]}]"
    if target == "counterpart":
        return f'left to decide: an ISO3 code, "{ORGANIZATION}ACRONYM" or "{BLANK}"'
    known = ", ".join(list(codes)[:8]) + (", ..." if len(codes) > 8 else "")
    return f"left to decide: {known}"


def _open_values(plan: Plan, target: str, column: Column) -> list[str]:
    """Write values of an open list: they stay as they are unless a line says otherwise."""
    if not plan.paper:
        return []
    known = {
        "official": spellings.officials(),
        "forum": spellings.series(),
        "topic": spellings.builtin("topic"),
    }[target]
    items = dict.fromkeys(
        item.strip()
        for value in column.values
        for item in (value.split(";") if target == "topic" else [value])
    )
    lines = []
    for value in items:
        year = re.search(r" (\d{4})$", value) if target == "forum" else None
        bare = value[: year.start()] if year else value
        code = known.find(bare)
        near = code or next(iter(known.suggest(bare)), None) or _reordered(bare, known.codes)
        if not near or near == bare:
            continue
        full = toml.text(near + year[0] if year else near)
        if code:
            lines.append(f"{toml.text(value)} = {full}")
        else:
            lines.append(f"# {toml.text(value)} = {full}  # perhaps; else it stays as it is")
    if not lines:
        return []
    return [f"[values.{target}]  # other values stay as they are", *lines]


def _reordered(value: str, known: dict[str, str]) -> str | None:
    """Find a name with its parts in another order, or spelt nearly so."""
    parts = {" ".join(sorted(spellings.fold(name).split())): name for name in known}
    near = ranked(" ".join(sorted(spellings.fold(value).split())), parts)
    return parts[near[0][1]] if near and near[0][0] >= 0.9 else None


def codes(plan: Plan) -> list[str]:
    """Write the lists of agencies and ranks for a dataset that has its own.

    Parameters
    ----------
    plan : Plan
        What was found out about the file.

    Returns
    -------
    list of str
        Empty tables to fill in; the built-in lists as comments, if only some values are others.
    """
    if plan.paper:
        return _built_in_codes(plan)
    lines = [
        '# The dataset\'s own agencies: code = "label", such as EXP = "Example Police".',
        "[codes.agency]",
        "",
        '# Its ranks: code = "label; agency that has it; ..."; without an agency it fits all.',
        "[codes.rank]",
    ]
    topic = plan.column("topic")
    if topic:
        items = {item.strip() for value in topic.values for item in value.split(";")} - {""}
        lines += ["", "# The topics in use; an unknown one is a notice.", "[codes.topic]"]
        lines += [f"{toml.key(item)} = {toml.text(item)}" for item in sorted(items)]
    return lines


def _built_in_codes(plan: Plan) -> list[str]:
    """Write the built-in agencies and ranks as comments, where the file has others too."""
    lines = []
    for target in DERIVED:
        column = plan.column(target)
        find = _finders(plan, target, column)[0] if column else _no_code_found
        if column and not all(map(find, column.values)):
            lines.append(f"a value of {target} is none of the built-in codes")
    if not lines:
        return []
    lines = [f"# Where {lines[0]}, uncomment these lists and add yours:"]
    for name in ("agency", "rank"):
        lines.append(f"# [codes.{name}]")
        for row in spellings.reference("codes.csv"):
            if row["list"] == name:
                text = "; ".join(part for part in (row["label"], row["parent"]) if part)
                lines.append(f"# {toml.key(row['code'])} = {toml.text(text)}")
    return lines
