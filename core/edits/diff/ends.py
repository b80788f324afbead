"""The line ends of plain text: which a file has, and text cut into lines that keep theirs."""

from __future__ import annotations


def eol_of(text: str) -> str:
    """The dominant line end of ``text``, ``\\n`` where there is none."""
    if "\r" not in text:  # told at a twentieth of what counting costs
        return "\n"
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def eol_at(text: str, offset: int) -> str:
    """The end of the line that ``offset`` is on, for lines added below it; the dominant one where it has none."""
    end = text.find("\n", offset)
    return eol_of(text) if end < 0 else "\r\n" if text[end - 1 : end] == "\r" else "\n"


def with_eol(text: str, eol: str) -> str:
    """``text`` with every line end turned into ``eol``."""
    return text.replace("\r\n", "\n").replace("\n", eol)


def same_lines(some: str, other: str) -> bool:
    """Whether both read alike but for their line ends and a byte order mark."""
    return with_eol(some.removeprefix("\ufeff"), "\n").rstrip("\n") == with_eol(
        other.removeprefix("\ufeff"), "\n"
    ).rstrip("\n")


def split_lines(text: str) -> list[str]:
    """Lines with their ends, cut after ``\\n`` alone: a form feed or U+2028 in a string literal is content."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
