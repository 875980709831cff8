"""The host of an address, in SQL."""

from __future__ import annotations

_HOST = r"^https?://(?:[^/?#@]*@)?(?i:www\.)?([^/:?#]+)"


def host_of(address: str) -> str:
    """Return the SQL of the host of an address, in lower case and without ``www.``.

    Parameters
    ----------
    address : str
        SQL of the address, such as the name of a column.
    """
    return f"rtrim(lower(regexp_extract({address}, '{_HOST}', 1)), '.')"
