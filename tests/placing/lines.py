"""Searches and hunks of diffs, right, shifted, ambiguous and almost right, against files whose lines are known."""

from __future__ import annotations

import random

from beai.core.edits.change import PatchLines, SearchReplace
from tests.placing.cases import Case
from tests.placing.messy import habits, some
from tests.placing.procedures import ELEMENTS, FORMS, router_file

NEW = ("const fresh = 1;", "  await fresh({ a: 1 });", "// fresh", "    return `fresh`;", "}", "")


def _file(rng: random.Random) -> tuple[str, str]:
    """A file without its byte order mark, and that."""
    style = habits(rng)
    text, _ = style.finished(router_file(rng, some(rng, tuple(ELEMENTS), 2, 9), rng.choice(FORMS)[1]), rng)
    bare = text.removeprefix("\ufeff")
    return bare, text[: len(text) - len(bare)]


def _bare(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.split("\n")]


def _places(lines: list[str], wanted: list[str], loose: bool) -> list[int]:
    if loose:
        lines, wanted = [one.strip() for one in lines], [one.strip() for one in wanted]
    return [at for at in range(len(lines) - len(wanted) + 1) if lines[at : at + len(wanted)] == wanted]


def _expected(before: str, at: int, count: int, new: list[str], kept: list[str]) -> str:
    """The file with the lines from ``at`` replaced; ends and what both have as the file has them."""
    lines, windows = before.split("\n"), before.count("\r\n") * 2 > before.count("\n")
    old = lines[at : at + count]
    head, tail = 0, 0
    while head < min(len(new), count) and new[head] == kept[head]:
        head += 1
    while tail < min(len(new), count) - head and new[-1 - tail] == kept[-1 - tail]:
        tail += 1
    middle = [line + ("\r" if windows else "") for line in new[head : len(new) - tail]]
    made = [*old[:head], *middle, *old[count - tail :]]
    if at + count == len(lines) and made and not tail:
        made[-1] = made[-1].removesuffix("\r")
    return "\n".join([*lines[:at], *made, *lines[at + count :]])


def _edited(rng: random.Random, lines: list[str]) -> list[str]:
    """``lines`` with one stretch of them replaced by fresh lines."""
    at = rng.randrange(len(lines))
    end = rng.randint(at, min(len(lines), at + 2))
    return [*lines[:at], *rng.sample(NEW, rng.randint(1, 2)), *lines[end:]]


def patch(rng: random.Random) -> Case:
    """A hunk whose lines are in the file: at the claimed line, elsewhere, indented, almost."""
    before, mark = _file(rng)
    lines = _bare(before)
    body = lines[: len(lines) - (lines[-1] == "")]
    start = rng.randrange(len(body))
    old = body[start : start + rng.randint(1, 7)]
    new = _edited(rng, old)
    claim = rng.choice((start, start, start + rng.randint(-9, 9), -1))
    kind = rng.choice(("as it is", "as it is", "as it is", "misspelt"))
    if kind == "misspelt":
        at = max(range(len(old)), key=lambda at: len(old[at]))
        old = [*old[:at], old[at][:-1] + "§", *old[at + 1 :]]
    edit = PatchLines("src/shop.ts", claim, tuple(old), tuple(new))
    found = _places(body, old, False)
    place = claim if claim in found else found[0] if len(found) == 1 else -1
    wanted = _expected(before, place, len(old), new, old) if place >= 0 else ""
    refuse = place < 0 and len(_places(body, old, True)) != 1
    if refuse and _places(body, new, False):
        return Case("patch", mark + before, edit, lambda after: _unlike(after, mark + before))
    if before.count("\r\n") not in (0, before.count("\n")):  # of both kinds: which a new line gets is open
        plain = "\n".join(_bare(mark + wanted))
        return Case("patch", mark + before, edit, lambda after: _unlike("\n".join(_bare(after)), plain), refuse)
    return Case("patch", mark + before, edit, lambda after: _unlike(after, mark + wanted), refuse)


def search(rng: random.Random) -> Case:
    """A search for lines of the file: as they are, without their indentation, with other quotes, almost."""
    before, mark = _file(rng)
    lines = _bare(before)
    body = lines[: len(lines) - (lines[-1] == "")]
    start = rng.randrange(len(body))
    old = body[start : start + rng.randint(1, 6)]
    while old and not old[0].strip():
        old, start = old[1:], start + 1
    while old and not old[-1].strip():
        old = old[:-1]
    if not old or start + len(old) == len(lines):
        return search(rng)
    new = _edited(rng, old)
    new = new if any(line.strip() for line in new) and new[0].strip() and new[-1].strip() else ["// fresh"]
    kind = rng.choice(("as it is", "as it is", "curly", "misspelt"))
    asked = old
    if kind == "curly":
        asked = [line.replace("'", "’").replace('"', "”") for line in old]
        new = ["// fresh"]
    if kind == "misspelt":
        at = max(range(len(old)), key=lambda at: len(old[at]))
        asked = [*old[:at], old[at][:-1] + "§", *old[at + 1 :]]
    edit = SearchReplace("src/shop.ts", "\n".join(asked) + "\n", "\n".join(new) + "\n")
    text = "\n".join(body) + ("\n" if lines[-1] == "" else "")
    exact = kind == "as it is" and text.count("\n".join(old) + "\n") == 1
    wanted = _expected(before, start, len(old), new, old)
    if exact and before.count("\r\n") not in (0, before.count("\n")):
        exact = False  # ends of both kinds: which of them the new lines get depends on how the place was found
    if kind == "misspelt" and _places(body, new, False):  # made already, which no edit need be told of
        return Case("search", mark + before, edit, lambda after: _unlike(after, mark + before))
    refuse = kind == "misspelt" or (kind == "as it is" and len(_places(body, old, False)) > 1)
    if exact:
        return Case("search", mark + before, edit, lambda after: _unlike(after, mark + wanted), refuse)
    return Case("search", mark + before, edit, lambda after: _unlike(_plain(after), _plain(mark + wanted)), refuse)


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in _bare(text))


def _unlike(after: str, wanted: str) -> str:
    return "" if after == wanted else f"other lines than these were made: {wanted!r}"
