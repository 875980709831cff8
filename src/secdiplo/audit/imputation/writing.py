"""Imputations: datasets of attested and imputed rows that agree with the published values."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from secdiplo import query as queries
from secdiplo import store
from secdiplo.audit.attested import events_of
from secdiplo.audit.consistency import ConsistentSet, find_consistent, interpretation_labels
from secdiplo.audit.imputation.draws import DRAWS, RECORD, over_draws
from secdiplo.audit.imputation.left_out import Reasons, by_name, left_out, random_order
from secdiplo.audit.imputation.model import (
    AttestedRow,
    BestImputation,
    ImputationModel,
    best_imputation,
    build_model,
    random_imputation,
)
from secdiplo.audit.imputation.rows import ImputedRow, imputed_rows
from secdiplo.claims.claim_set import NO_CLAIMS, read_claims
from secdiplo.claims.reproduce import ClaimResult, reproduce
from secdiplo.errors import DataError, StoreError, UsageError
from secdiplo.folder import reading as folders
from secdiplo.schema.tables import CODING_SHEET

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

LEFT_OUT = "left_out.csv"
MAX_DRAWS = 1_000
EVENT_CELLS = ("date", "date_end", "format", "mode", "forum", "host_country", "city", "confidence")


@dataclass(frozen=True)
class Imputation:
    """An imputation that was written.

    Attributes
    ----------
    folder : Path
        A dataset folder; with draws it also holds one folder for each in ``draws/``.
    draws : tuple of Path
        The folders of the draws.
    kept, left_out : int
        Attested interactions in scope that stay, and that do not fit.
    interactions, events : int
        Imputed ones.
    dropped : tuple of str
        Claims that cannot be true with the others, and are not met.
    met, unmet : tuple of str
        Claims that the imputation reproduces, and others that it should.
    calls : int
        How often a solver was called.
    """

    folder: Path
    draws: tuple[Path, ...]
    kept: int
    left_out: int
    interactions: int
    events: int
    dropped: tuple[str, ...]
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    calls: int

    def __str__(self) -> str:
        rows = f"{self.interactions} imputed interactions in {self.events} imputed events"
        text = f"{self.kept} attested interactions in scope kept, {self.left_out} left out; {rows}"
        count = len(self.met) + len(self.unmet)
        text += f"; {len(self.met)} of {count} claims met"
        if self.unmet:
            text += f", not {', '.join(self.unmet)}"
        if self.dropped:
            text += f"; given up, since not all can be true: {', '.join(self.dropped)}"
        return text

    def query(self, name: str, **params: Any) -> pd.DataFrame:
        """Run a packaged query over the draws.

        Parameters
        ----------
        name : str
        **params
            Of the query.

        Returns
        -------
        DataFrame
            The columns of the query; of every number the least and the greatest value over the
            draws, ``<column>_lower`` and ``<column>_upper``.

        Raises
        ------
        UsageError
            There are no draws; or an unknown query, parameter or value.
        """
        import pandas as pd

        columns, rows, _ = over_draws(self.folder, name, params)
        return pd.DataFrame(rows, columns=list(columns))


def impute(
    path: Path | str | None,
    out: Path | str,
    *,
    draws: int = 0,
    seed: int = 0,
    time_limit: float | None = None,
) -> Imputation:
    """Write a dataset that agrees with the published values.

    It keeps as many attested interactions of the scope as a largest set of claims admits that
    can all be true, and adds the fewest imputed ones. Attested rows outside the scope stay.

    Parameters
    ----------
    path : path or None
        The dataset folder; None for built tables, which are refused.
    out : path
        The folder to write; replaced as a whole where it holds an imputation.
    draws : int
        How many further imputations to draw, each as good, for the spread of what is left open.
        They are no sample from a known distribution.
    seed : int
        Of everything that is chosen by chance.
    time_limit : float, optional
        Seconds for each question to the solver.

    Returns
    -------
    Imputation

    Raises
    ------
    DataError
        The folder has errors, or a claim cannot be read as a constraint.
    UsageError
        Nothing to meet; or `out` holds something else.
    UnfinishedError
        The time did not suffice.
    """
    source, target = _folder(path), Path(out).resolve()
    if not 0 <= draws <= MAX_DRAWS:
        raise UsageError(f"{draws} draws; ask for 0 to {MAX_DRAWS:,}")
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; give a whole number from 0")
    _refuse(target, source.path)
    built, _ = store.open_folder(source.path)
    if queries.is_synthetic(built):
        raise UsageError("it contains synthetic rows, to which no claims refer; impute another")
    made_up = "select count(*) from participations where row_status = 'imputed'"
    if built.con.cursor().execute(made_up).fetchone() != (0,):
        raise UsageError("it already contains imputed rows; impute the attested dataset instead")
    claim_set = read_claims(built)
    if not claim_set.claims:
        raise UsageError(f"{NO_CLAIMS}: nothing to meet")
    consistent = find_consistent(claim_set, time_limit)
    fitted = build_model(consistent, events_of(built, claim_set.domains), time_limit)
    found = best_imputation(fitted)
    writer = _ImputationWriter(source, built, consistent, fitted, found, seed)
    return writer.all(target, draws)


def _folder(path: Path | str | None) -> folders.Folder:
    """Read the dataset folder, and refuse built tables."""
    if path is None:
        what = "an imputation is made from a dataset folder, not from built tables"
        raise UsageError(f"{what}; load the folder")
    return folders.read(path)


def _refuse(out: Path, source: Path) -> None:
    """Raise an error if the folder contains anything but an imputation."""
    if out == source.resolve() or out in source.resolve().parents:
        raise UsageError(f"{out} contains the dataset folder; name another folder")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder")
    if Path.cwd().is_relative_to(out):
        raise UsageError(f"{out} is the working folder or contains it; name another folder")
    other = _foreign(out) if out.is_dir() else []
    if other:
        raise UsageError(f"{out} contains other files ({other[0]}); name an empty or a new folder")


def _files(out: Path) -> list[str]:
    return sorted(f.relative_to(out).as_posix() for f in out.rglob("*") if not f.is_dir())


def _foreign(out: Path) -> list[str]:
    """Return the files of a folder that no imputation wrote; they are never replaced."""
    try:
        record = json.loads((out / RECORD).read_text(encoding="utf-8"))
        ours = set(map(str, record["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    return [name for name in _files(out) if name not in ours]


def _met(folder: Path, consistent: ConsistentSet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the claims that the imputation reproduces by their queries, and the others."""
    try:
        built, _ = store.open_folder(folder)
    except DataError as error:
        raise StoreError(f"the imputation does not check: {error}") from None
    wanted = {claim.id for claim in consistent.claim_set.claims}
    found = {f.claim["claim_id"]: f for f in reproduce(built)}
    testable = [name for name in sorted(wanted) if found[name].query]
    met = tuple(name for name in testable if _holds(found[name]))
    return met, tuple(name for name in testable if name not in met)


def _holds(finding: ClaimResult) -> bool:
    """Check whether a claim is reproduced; an upper limit also holds for a smaller value."""
    at_most = finding.claim["relation"] == "at_most" and finding.recomputed is not None
    return finding.status == "reproduced" or (at_most and finding.status == "consistent")


class _ImputationWriter:
    """Writes imputations of one dataset."""

    def __init__(
        self,
        source: folders.Folder,
        built: Built,
        consistent: ConsistentSet,
        fitted: ImputationModel,
        found: BestImputation,
        seed: int,
    ) -> None:
        self.source, self.consistent, self.fit, self.best = source, consistent, fitted, found
        self.seed, self.dataset = seed, built.dataset
        cursor = built.con.cursor().execute("select * from raw_interactions_sheet order by rowid")
        self.columns = [column[0] for column in cursor.description or ()]
        self.sheet = [dict(zip(self.columns, row, strict=True)) for row in cursor.fetchall()]

    def all(self, target: Path, draws: int) -> Imputation:
        """Write the best imputation and some draws."""
        names = [f"{number:04}" for number in range(1, draws + 1)]
        with store.replacing(target) as fresh:
            summary = self.write(fresh, self.best.x, 0)
            for number, name in enumerate(names, 1):
                rng = np.random.default_rng([self.seed, number])
                x = random_imputation(self.fit, self.best, rng)
                self.write(fresh / DRAWS / name, x, number)
            met, unmet = _met(fresh, self.consistent)
            self._list(fresh)
        return Imputation(
            folder=target,
            draws=tuple(target / DRAWS / name for name in names),
            dropped=self.consistent.dropped,
            met=met,
            unmet=unmet,
            calls=self.consistent.calls + self.fit.solver.calls,
            **summary,
        )

    def _list(self, out: Path) -> None:
        """Record which files belong to the imputation."""
        record = json.loads((out / RECORD).read_text(encoding="utf-8"))
        text = json.dumps({**record, "files": _files(out)}, indent=2, ensure_ascii=False)
        (out / RECORD).write_text(text + "\n", encoding="utf-8")

    def write(self, out: Path, x: np.ndarray, number: int) -> dict[str, int]:
        """Write one imputation and return its counts."""
        rng = np.random.default_rng([self.seed, number, 1])
        left = left_out(self.fit, x, random_order(rng) if number else by_name)
        rows = imputed_rows(self.fit, x, rng)
        counts = {
            "kept": _named(self.fit.attested_rows) - _named(left),
            "left_out": _named(left),
            "interactions": len({(row.event, row.counterpart) for row in rows}),
            "events": len({row.event for row in rows if isinstance(row.event, int)}),
        }
        self._copy(out)
        self._toml(out, counts)
        self._interactions(out, left, rows)
        self._left_out(out, left)
        self._record(out, counts, number)
        return counts

    def _copy(self, out: Path) -> None:
        """Copy the other sheets unchanged."""
        path = self.source.path
        sheets = [path / "codes.csv", *path.glob("curated/*.csv"), *path.glob("reference/*.csv")]
        sheets += [*path.glob("queries/*.sql"), *path.glob("tables/*.json")]
        notes = self.source.annotations
        if notes and notes.resolve().is_relative_to(path.resolve()):
            sheets += notes.rglob("*.csv")
        for sheet in sorted(sheets):
            if sheet.is_file():
                target = out / sheet.relative_to(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(sheet, target)

    def _toml(self, out: Path, counts: Mapping[str, int]) -> None:
        """Write the settings, with a name and a title that say what this is."""
        total = counts["kept"] + counts["interactions"]
        note = f"{counts['interactions']} of {total} interactions in scope imputed"
        changed = {
            "name": f"{self.source.name}-imputed",
            "title": f"{self.source.title} ({note})",
        }
        lines = self.source.text.splitlines()
        for key, value in changed.items():
            at = self.source.line_of(key) - 1
            lines[at] = re.sub(r"=.*", lambda _: f"= {json.dumps(value, ensure_ascii=False)}",  # noqa: B023
                               lines[at], count=1)  # fmt: skip
        (out / "dataset.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _interactions(
        self, out: Path, left: Sequence[AttestedRow], rows: Sequence[ImputedRow]
    ) -> None:
        whole = {item.event.event_id for item in left if item.counterpart is None}
        single = {(item.event.event_id, item.counterpart) for item in left if item.counterpart}
        stays = [
            row
            for row in self.sheet
            if row["event_key"] not in whole
            and (row["event_key"], (row["counterpart_type"], row["counterpart"])) not in single
        ]
        events = {row["event_key"]: row for row in stays}
        added = [self._cells(row, events) for row in rows]
        more = [name for name in ("row_status", "date_min", "date_max") if name not in self.columns]
        columns = [*self.columns, *more]
        target = out / CODING_SHEET.sheet
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows([*stays, *added])
        self._clear_events(out, {row["event_key"] for row in stays})

    def _clear_events(self, out: Path, events: set[str]) -> None:
        """Clear the cells of other tables that refer to an event that does not stay.

        A row that cannot be without its event goes with it.
        """
        for table in self.source.tables:
            columns_of = [column for column in table.columns if column.ref == "events.event_id"]
            sheet = out / table.sheet
            if not columns_of or not sheet.is_file():
                continue
            with sheet.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                columns, rows = list(reader.fieldnames or ()), list(reader)
            for column in columns_of:
                if column.required:
                    rows = [row for row in rows if row[column.name] in events]
                for row in rows:
                    if row.get(column.name) not in events:
                        row[column.name] = ""
            with sheet.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)

    def _cells(self, row: ImputedRow, events: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Return an imputed row as cells of the coding sheet."""
        cells: dict[str, Any] = {
            "agency": row.agency,
            "official": row.official,
            "official_rank": row.rank,
            "counterpart_type": row.counterpart_type,
            "counterpart": row.counterpart,
            "row_status": "imputed",
        }
        if isinstance(row.event, str):
            cells["event_key"] = row.event
            cells.update({name: events[row.event].get(name) for name in EVENT_CELLS})
        else:
            first, last = row.days
            cells.update(
                event_key=f"imputed-{row.event:04}",
                format=row.format,
                forum=row.forum,
                date_min=first.isoformat(),
                date_max=last.isoformat(),
            )
        return {name: value for name, value in cells.items() if value is not None}

    def _left_out(self, out: Path, left: Sequence[AttestedRow]) -> None:
        """Write the attested rows that do not fit, with the claims that exclude them."""
        reasons = Reasons(self.fit, self.consistent)
        with (out / LEFT_OUT).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["event_id", "counterpart_type", "counterpart", "agencies", "claims"])
            for item in left:
                agencies = "; ".join(lead[0] for lead in item.event.leads)
                met = item.counterpart or ("", "")
                writer.writerow([item.event.event_id, *met, agencies, "; ".join(reasons.of(item))])

    def _record(self, out: Path, counts: Mapping[str, int], number: int) -> None:
        interpretation = interpretation_labels(self.consistent.claim_set, self.fit.interpretation)
        record = {
            "imputation_of": f"{self.dataset['name']} {self.dataset['version']}",
            "draw": number,
            "seed": self.seed,
            "claims": [claim.id for claim in self.consistent.claim_set.claims],
            "claims_dropped": list(self.consistent.dropped),
            "interpretations": interpretation,
            "attested_kept": counts["kept"],
            "attested_left_out": counts["left_out"],
            "imputed_interactions": counts["interactions"],
            "imputed_events": counts["events"],
            "note": "Imputed rows agree with published totals but are not evidence of meetings.",
        }
        text = json.dumps(record, indent=2, ensure_ascii=False)
        (out / RECORD).write_text(text + "\n", encoding="utf-8")


def _named(items: Sequence[AttestedRow]) -> int:
    """Count the interactions, without events that name nobody."""
    return sum(item.counterpart is not None for item in items)
