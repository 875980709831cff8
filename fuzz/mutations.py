"""Hypothesis strategies: a seed with some of its bytes, lines or cells changed."""

from __future__ import annotations

from hypothesis import strategies as st

TOKENS = (
    *(b"", b'"', b'""', b"\n", b"\r\n", b"\r", b",", b";", b"\t", b"\0", b"\xff", b"\xc3", b"\x1e"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"'", b"[", b"]", b"{", b"}", b"=", b".", b"#", b"$x", b"%"),
    *(b"2024-02-30", b"0000", b"9999-12-31", b"-1", b"1e9", b"1.5", b"NaN", b"inf", b"null"),
    *(b"CHN", b"XXX", b"high", b"in_person", b"imputed", b"synthetic", b"; ", b"true", b" ", b"\\"),
    *("\u0130\u017f".encode(), "e\u0301".encode(), "\u00a0".encode(), "\u202e".encode(), b"[x]\n"),
    *(b"9" * 5000, b"a" * 70_000, b"-- param: x", b"-- column: n", b"9223372036854775808"),
)


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """One of the seeds after one to four edits."""
    data = draw(st.sampled_from(seeds))
    head, data = data[:1], data[1:]
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(("put", "cut", "cell", "line", "flip", "drop")))
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        token = draw(st.sampled_from(TOKENS))
        if kind == "put":
            data = data[:place] + token + data[place:]
        elif kind == "cut":
            data = data[:place] + data[place + draw(st.integers(1, 40)) :]
        elif kind == "flip" and data:
            data = (
                data[:place] + bytes([data[place] ^ draw(st.integers(1, 255))]) + data[place + 1 :]
            )
        elif kind == "cell":
            cells = data.split(b",")
            cells[place % len(cells)] = token
            data = b",".join(cells)
        else:
            lines = data.split(b"\n")
            line = lines.pop(place % len(lines))
            lines[place % (len(lines) + 1) : 0] = [line, line] if kind == "line" else []
            data = b"\n".join(lines)
    return head + data
