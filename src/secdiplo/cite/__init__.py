"""How to cite a dataset, the paper that it replicates, the texts, the toolkit and its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secdiplo.cite import styles
from secdiplo.cite.references import of_dataset
from secdiplo.errors import UsageError
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

STYLES = ("apa", "bibtex", "cff")


def text(built: Built, style: str = "apa") -> str:
    """The references of a dataset in one style.

    Parameters
    ----------
    built : Built
    style : {"apa", "bibtex", "cff"}

    Returns
    -------
    str
        The paper and its data first, then this dataset, the texts whose published values it
        holds, the toolkit, and the sources of what is shipped with it.

    Raises
    ------
    UsageError
        There is no such style.
    """
    references = of_dataset(built)
    if style == "apa":
        return styles.apa(references)
    if style == "bibtex":
        return styles.bibtex(references)
    if style == "cff":
        own = next(reference for reference in references if reference.role == "this")
        return styles.cff(references, own, str(built.dataset["licence"] or ""))
    raise UsageError(f"no style `{style}`; {suggest(str(style), STYLES)}")
