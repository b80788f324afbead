"""TypeScript expressions printed in the habits of a repository: on one line where they fit, else one entry per line."""

from __future__ import annotations

import json
from dataclasses import dataclass

from beai.core.edits.place.layout import Layout


@dataclass(frozen=True, slots=True)
class Obj:
    """An object literal; each entry is (key, value), a key without value is shorthand or a spread."""

    entries: tuple[tuple[str, Js | None], ...]


@dataclass(frozen=True, slots=True)
class Arr:
    """An array literal."""

    items: tuple[Js, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of ``callee`` and what is chained to it (``.min(1)``)."""

    callee: str
    args: tuple[Js, ...] = ()
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str


Js = str | Obj | Arr | Call | Text


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints with a file's quotes, semicolons and width; indents by two spaces, placing makes them the file's."""

    layout: Layout
    comma: bool = True
    comma_args: bool = True
    width: int = 100

    @property
    def end(self) -> str:
        """What ends a statement."""
        return self.layout.semicolon

    def text(self, value: str) -> str:
        """A string literal, in the other quotes where that saves escapes."""
        other = "'" if self.layout.quote == '"' else '"'
        if self.layout.quote in value and other not in value and "\\" not in value:
            return f"{other}{value}{other}"
        return self.layout.quoted(value)

    def sample(self, value: str | int | float | bool) -> str:
        """A literal for a value; a long run of one character is written by ``repeat``."""
        if isinstance(value, str):
            if len(value) > 20 and len(set(value)) == 1:
                return f"{self.text(value[0])}.repeat({len(value)})"
            return self.text(value)
        return json.dumps(value)

    def show(self, js: Js, depth: int = 0, used: int = 0) -> str:
        """``js`` at ``depth``, where ``used`` characters stand before it on its line."""
        flat = self.flat(js)
        return flat if used + len(flat) <= self.width and "\n" not in flat else self._broken(js, depth)

    def flat(self, js: Js) -> str:
        """``js`` on one line."""
        match js:
            case str():
                return js
            case Text(value):
                return self.text(value)
            case Obj(()):
                return "{}"
            case Obj(entries):
                return (
                    "{ "
                    + ", ".join(_entry(key, None if value is None else self.flat(value)) for key, value in entries)
                    + " }"
                )
            case Arr(items):
                return "[" + ", ".join(self.flat(item) for item in items) + "]"
            case Call(callee, args, tail):
                return f"{callee}({', '.join(self.flat(arg) for arg in args)}){tail}"

    def _broken(self, js: Js, depth: int) -> str:
        inner, outer = "  " * (depth + 1), "  " * depth
        match js:
            case str() | Text():
                return self.flat(js)
            case Obj(entries) if entries:
                lines = [
                    inner
                    + _entry(key, None if value is None else self.show(value, depth + 1, len(inner) + len(key) + 3))
                    for key, value in entries
                ]
                return "{\n" + self._lines(lines, self.comma) + f"\n{outer}}}"
            case Arr(items) if items:
                lines = [inner + self.show(item, depth + 1, len(inner) + 1) for item in items]
                return "[\n" + self._lines(lines, self.comma) + f"\n{outer}]"
            case Call(callee, (Obj() | Arr() as only,), tail):
                return f"{callee}({self._broken(only, depth)}){tail}"
            case Call(callee, args, tail) if args:
                lines = [inner + self.show(arg, depth + 1, len(inner) + 1) for arg in args]
                return f"{callee}(\n{self._lines(lines, self.comma_args)}\n{outer}){tail}"
            case _:
                return self.flat(js)

    @staticmethod
    def _lines(lines: list[str], comma: bool) -> str:
        return ",\n".join(lines) + ("," if comma else "")


def _entry(key: str, value: str | None) -> str:
    return key if value is None or value == key else f"{key}: {value}"
