"""A deposit for Dataverse: its native JSON, and the files with their descriptions.

What the format asks for and the dataset does not say is left blank and named in a notice: no
person and no address is made up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from secdiplo import __version__, cite, codebook
from secdiplo.cite import styles
from secdiplo.cite.references import of_folder
from secdiplo.export import about, columnar, place
from secdiplo.export.contents import Contents

DATAVERSE_LICENCES = {
    "CC-BY-4.0": ("CC BY 4.0", "http://creativecommons.org/licenses/by/4.0"),
    "CC0-1.0": ("CC0 1.0", "http://creativecommons.org/publicdomain/zero/1.0"),
}
CONTENT_TYPES = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".html": "text/html",
    ".txt": "text/plain",
}
CONTROLLED_PARTS = {"publicationRelationType"}  # parts whose values the format lists


def dataverse(contents: Contents, folder: Path) -> None:
    """Write ``dataset.json``, ``files.json`` and the files of the deposit."""
    deposit = folder / "files"
    for name in ("csv", "parquet"):
        (deposit / name).mkdir(parents=True)
    columnar.csv_files(contents, deposit / "csv")
    columnar.parquet(contents, deposit / "parquet")
    for name, text in codebook.files(contents.built, contents.source).items():
        if name.startswith("codebook"):
            (deposit / name).write_text(text, encoding="utf-8")
    (deposit / "citation.txt").write_text(cite.text(contents.built) + "\n", encoding="utf-8")
    _write(folder / "dataset.json", native(contents))
    _write(folder / "files.json", _files(contents, deposit))


def _write(file: Path, body: Any) -> None:
    file.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def native(contents: Contents) -> dict[str, Any]:
    """The JSON that the API of a Dataverse takes for a new dataset."""
    dataset = contents.built.dataset
    major, minor = dataset["version"].split(".")
    version: dict[str, Any] = {
        "versionNumber": int(major),
        "versionMinorNumber": int(minor),
        "versionState": "DRAFT",
        "metadataBlocks": {
            "citation": {"displayName": "Citation Metadata", "fields": _citation(contents)}
        },
    }
    licence = about.licence(dataset["licence"])
    if known := DATAVERSE_LICENCES.get(licence["name"]):
        version["license"] = {"name": known[0], "uri": known[1]}
    else:
        version["termsOfUse"] = f"Licence: {dataset['licence']}"
    return {"datasetVersion": version}


def _field(name: str, value: Any, kind: str = "primitive") -> dict[str, Any]:
    return {
        "typeName": name,
        "typeClass": kind,
        "multiple": isinstance(value, list),
        "value": value,
    }


def _compound(name: str, items: list[Mapping[str, str]]) -> dict[str, Any]:
    """A field whose values have parts."""
    value = [
        {
            part: _field(
                part, text, "controlledVocabulary" if part in CONTROLLED_PARTS else "primitive"
            )
            for part, text in item.items()
        }
        for item in items
    ]
    return _field(name, value, "compound")


def _citation(contents: Contents) -> list[dict[str, Any]]:
    dataset = contents.built.dataset
    makers = about.makers(contents)
    fields = [_field("title", dataset["title"])]
    lacking = []
    if makers:
        fields.append(_compound("author", [{"authorName": name} for name in makers]))
        contacts = [{"datasetContactName": name} for name in makers]
        if dataset["contact"]:
            contacts[0]["datasetContactEmail"] = dataset["contact"]
        fields.append(_compound("datasetContact", list(contacts)))
    else:
        lacking += ["author", "datasetContactName"]
    if not (makers and dataset["contact"]):
        lacking.append("datasetContactEmail")
    if lacking:
        contents.notices.append(
            f"dataverse: the dataset does not say {', '.join(lacking)}; fill in dataset.json "
            "before the deposit"
        )
    fields += [
        _compound("dsDescription", [{"dsDescriptionValue": about.described(contents)}]),
        _field("subject", ["Social Sciences"], "controlledVocabulary"),
        _compound("keyword", [{"keywordValue": word} for word in about.keywords(contents)]),
    ]
    behind = of_folder(dataset)
    papers = [styles.apa_reference(each) for each in behind if each.role == "paper"]
    if papers:
        fields.append(
            _compound(
                "publication",
                [
                    {
                        "publicationRelationType": "IsSupplementTo",
                        "publicationCitation": paper,
                    }
                    for paper in papers
                ],
            )
        )
    data = [styles.apa_reference(each) for each in behind if each.role != "paper"]
    if data:
        fields.append(_field("relatedDatasets", data))
    if dataset["citation"]:
        fields.append(_field("notesText", f"Cite as: {dataset['citation']}"))
    if covered := about.covered(contents):
        period = {"timePeriodCoveredStart": covered[0], "timePeriodCoveredEnd": covered[1]}
        fields.append(_compound("timePeriodCovered", [period]))
    fields += [
        _field("kindOfData", ["event data"]),
        _compound("software", [{"softwareName": "secdiplo", "softwareVersion": __version__}]),
    ]
    sources = [source["title"] for source in about.sources(contents)]
    return fields + ([_field("dataSources", sources)] if sources else [])


def _files(contents: Contents, deposit: Path) -> list[dict[str, Any]]:
    """One entry a file: what it is, where it goes, and how to see that it arrived whole."""
    meanings = {name: table.grain for name, table in contents.tables.items()}
    meanings |= {
        "codebook": "The codebook: every column with its meaning, unit, codes and blanks.",
        "codebook_values": "The codes of every column, with their meanings and counts.",
        "citation": "How to cite the dataset and what it comes from.",
    }
    found = []
    for entry in place.describe(deposit):
        path = Path(entry["path"])
        rows = f" {contents.count(path.stem):,} rows." if path.stem in contents.tables else ""
        found.append(
            {
                "label": path.name,
                "directoryLabel": path.parent.as_posix() if path.parent.name else "",
                "description": meanings[path.stem] + rows,
                "categories": ["Data" if path.stem in contents.tables else "Documentation"],
                "restrict": False,
                "mimeType": CONTENT_TYPES[path.suffix],
                "fileSize": entry["bytes"],
                "checksum": {"@type": "SHA-256", "@value": entry["sha256"]},
            }
        )
    return found
