"""References in the styles that people and programs read: APA, BibTeX and CFF."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from secdiplo.cite.references import Name, Reference

HEADINGS = {
    "paper": "The paper",
    "data": "The authors' dataset (not contained here)",
    "source": "What the dataset was made from",
    "this": "This dataset",
    "text": "Texts whose published values it holds",
    "toolkit": "The toolkit",
    "bundled": "Sources of what is shipped with the toolkit",
}
LABELS = {"dataset": "[Data set]", "software": "[Computer software]"}
ENTRIES = {"report": "techreport", "article": "article", "software": "software",
           "dataset": "dataset", "misc": "misc"}  # fmt: skip
CFF_TYPES = {"report": "report", "article": "article", "software": "software",
             "dataset": "data", "misc": "generic"}  # fmt: skip


def apa(references: Sequence[Reference]) -> str:
    """References in APA style (7th edition), under headings of what each is."""
    parts, last = [], ""
    for reference in references:
        if reference.role != last:
            last = reference.role
            parts.append(f"{HEADINGS[last]}\n")
        parts.append(apa_reference(reference) + "\n")
    return "\n".join(parts).rstrip("\n")


def apa_reference(reference: Reference) -> str:
    """One reference in APA style."""
    title = reference.title or "[Title not seen]"
    version = f" (Version {reference.version})" if reference.version else ""
    label = f" {LABELS[reference.kind]}" if reference.kind in LABELS else ""
    year = f"({reference.year or 'n.d.'})."
    who = _people(reference.authors)
    named = f"{title}{version}{label}."
    head = [who, year, named] if who else [named, year]
    link = f"https://doi.org/{reference.doi}" if reference.doi else reference.url
    place = reference.journal or reference.publisher
    note = f"[{reference.note}]" if reference.note else ""
    return " ".join(filter(None, [*head, f"{place}." if place else "", link, note]))


def _people(authors: Sequence[Name]) -> str:
    """Authors as APA has them: family names, then initials."""
    names = [f"{family}, {_initials(given)}" if given else family for family, given in authors]
    whole = ", ".join(names[:-1]) + f", & {names[-1]}" if names[1:] else "".join(names)
    return whole + ("." if whole and not whole.endswith(".") else "")


def _initials(given: str) -> str:
    return " ".join(f"{part[0]}." for part in re.findall(r"[^\W_]+", given))


def bibtex(references: Sequence[Reference]) -> str:
    """References as BibTeX entries (of biblatex where plain BibTeX has no such kind)."""
    return "\n\n".join(_entry(reference) for reference in references)


def _entry(reference: Reference) -> str:
    people = " and ".join(
        f"{_tex(family)}, {_tex(given)}" if given else f"{{{_tex(family)}}}"
        for family, given in reference.authors
    )
    place = "institution" if reference.kind == "report" else "publisher"
    fields = {
        "author": people,
        "title": f"{{{_tex(reference.title or '[Title not seen]')}}}",
        "year": reference.year,
        "journal": _tex(reference.journal),
        place: _tex(reference.publisher),
        "version": _tex(reference.version),
        "doi": reference.doi,
        "url": reference.url,
        "note": _tex(reference.note),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{ENTRIES[reference.kind]}{{{reference.key},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    """A text without characters that TeX takes for commands."""
    escaped = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(escaped.get(c, f"\\{c}" if c in "&%$#_{}" else c) for c in text)


def cff(references: Sequence[Reference], own: Reference, licence: str) -> str:
    """A Citation File (CFF 1.2.0) of `own`, with the other references.

    Parameters
    ----------
    references : sequence of Reference
    own : Reference
        What the file is of; of a dataset its type is ``dataset``.
    licence : str
        Its SPDX identifier, blank if unknown.
    """
    lines = [
        "cff-version: 1.2.0",
        f"title: {_quoted(own.title)}",
        'message: "Cite the references of this file first, then this."'
        if any(reference.role == "paper" for reference in references)
        else f"message: {_quoted(_asked(own))}",
        f"type: {'dataset' if own.kind == 'dataset' else 'software'}",
        *_cff_people(own.authors or (("The authors of the dataset", ""),), ""),
    ]
    lines += [f"version: {_quoted(own.version)}"] if own.version else []
    lines += [f"license: {licence}"] if licence else []
    lines += ["references:"]
    for reference in references:
        if reference is not own:
            lines += _cff_reference(reference)
    return "\n".join(lines)


def _asked(own: Reference) -> str:
    """How a dataset asks to be cited."""
    return f"Cite as: {own.note}" if own.note else "Cite this, and the references that you use."


def _cff_people(authors: Sequence[Name], indent: str) -> list[str]:
    lines = [f"{indent}authors:"]
    for family, given in authors:
        if given:
            lines.append(f"{indent}  - family-names: {_quoted(family)}")
            lines.append(f"{indent}    given-names: {_quoted(given)}")
        else:
            lines.append(f"{indent}  - name: {_quoted(family)}")
    return lines


def _cff_reference(reference: Reference) -> list[str]:
    """One reference; the format asks for an author, so that a body or 'unknown' stands there."""
    authors = reference.authors or ((reference.publisher or "unknown", ""),)
    lines = [
        f"  - type: {CFF_TYPES[reference.kind]}",
        f"    title: {_quoted(reference.title or '[Title not seen]')}",
        *_cff_people(authors, "    "),
    ]
    lines += [f"    year: {reference.year}"] if reference.year else []
    for name, value in (
        ("version", reference.version), ("doi", reference.doi), ("url", reference.url),
        ("journal", reference.journal), ("notes", reference.note),
    ):  # fmt: skip
        lines += [f"    {name}: {_quoted(value)}"] if value else []
    if reference.publisher and reference.authors:
        place = "institution" if reference.kind == "report" else "publisher"
        lines += [f"    {place}:", f"      name: {_quoted(reference.publisher)}"]
    return lines


def _quoted(text: str) -> str:
    """A text as a double-quoted YAML scalar, which JSON's are."""
    return json.dumps(text, ensure_ascii=False)
