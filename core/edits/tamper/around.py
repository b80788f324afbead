"""What a change around the tests takes from them: stand-ins for the runner's words, matchers, snapshots, sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from beai.core.edits.place.shapes import key_of, string_value
from beai.core.edits.tamper.found import Rows, Tamper, quoted, rows
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.reading import Reading
from beai.core.project.syntax import Syntax, parse

_WORDS = "expect|it|test|describe|assert"
_REPLACED = re.compile(
    rf"\b(?:globalThis|global|window|self)(?:\.|\[[\"'])({_WORDS})\b[\"'\]]{{0,2}}\s*="
    rf"|\bstubGlobal\(\s*[\"']({_WORDS})[\"']"
)
_OWN = re.compile(rf"\b(?:const|let|var|function)\s+(?:{_WORDS})\b")
_QUIET = re.compile(r"process\.(?:on|once|\w*Listeners?)\(\s*[\"'](unhandledRejection|uncaughtException)[\"']")
_ASKS = re.compile(
    r"process\.env(?:\.|\[[\"'])(?:VITEST\w*|JEST_WORKER_ID|TEST|NODE_TEST_CONTEXT)\b|import\.meta\.vitest\b"
    r"|(?:NODE_ENV|import\.meta\.env\.MODE)[\"'\]]{0,2}\s*[!=]==?\s*[\"']test[\"']"
    r"|[\"']test[\"']\s*[!=]==?\s*(?:process\.env\.NODE_ENV|import\.meta\.env\.MODE)"
    r"|\b(?:globalThis|global)\.(?:vi|jest|expect|describe)\b|typeof (?:vi|jest|describe|expect)\b"
)
_SNAPSHOT = re.compile(r"^exports\[`((?:[^`\\]|\\.){1,400})`\] = `", re.MULTILINE)
_TELLING = re.compile(r"\w*[A-Za-z_@-]\w*[-_@.]?\d[\w.-]*|[\w.+-]+@[\w.-]+|\d{4,}|.{16,}", re.DOTALL)
_FILE = re.compile(r"[./~@]")  # paths of modules are not values


def replaced(pair: Pairs) -> Iterator[Tamper]:
    """``expect`` or ``it`` is no longer the runner's."""
    if not _REPLACED.search(pair.fresh_text) and not _OWN.search(pair.fresh_text):
        return
    before = {_first(found) for found in _REPLACED.finditer(pair.old.text)} | _own(pair.old)
    for found in _REPLACED.finditer(pair.new.text):
        if _first(found) not in before:
            yield Tamper(f"puts something else in place of {_first(found)}", new=_row(pair.new.text, found.start()))
    for name in sorted(_own(pair.new) - before):
        yield Tamper(f"puts something else in place of {name}", new=_declared_at(pair.new, name))


def quiet(pair: Pairs) -> Iterator[Tamper]:
    """Errors that no test handles are caught."""
    if not _QUIET.search(pair.fresh_text):
        return
    before = {found[1] for found in _QUIET.finditer(pair.old.text)}
    for found in _QUIET.finditer(pair.new.text):
        if found[1] not in before:
            yield Tamper(f"catches what no test handles ({found[1]})", new=_row(pair.new.text, found.start()))


def easy_matcher(pair: Pairs) -> Iterator[Tamper]:
    """A matcher of the repository's own that always passes."""
    if "pass" not in pair.fresh_text or "extend" not in pair.new.text:
        return
    before = _easy(pair.old)
    for name, at in _easy(pair.new).items():
        if name not in before:
            yield Tamper(f"makes the matcher {quoted(name)} always pass", new=at)


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (replaced, quiet, easy_matcher)
"""What is asked of test files and of everything that serves only tests."""


def snapshots(before: str | None, after: str) -> Iterator[Tamper]:
    """A snapshot file: what of it is rewritten or gone. New snapshots are the runner's own affair."""
    old, new = _snapshots(before or ""), _snapshots(after)
    for name, (said, at) in old.items():
        if name not in new:
            yield Tamper(f"removes the snapshot {quoted(name)}", old=at)
        elif new[name][0] != said:
            yield Tamper(f"rewrites the snapshot {quoted(name)}", at, new[name][1])


def source(before: str | None, after: str, tests: Mapping[str, str], path: str = "") -> Iterator[Tamper]:
    """Code that asks whether it is tested, or knows the values that only its tests give it."""
    known = {found[0] for found in _ASKS.finditer(before or "")}
    if _ASKS.search(after):
        code = _without_comments(parse(after, path))
        for found in _ASKS.finditer(code):
            if found[0] not in known:
                yield Tamper(f"asks whether it is being tested ({quoted(found[0])})", new=_row(after, found.start()))
    if not tests:
        return
    fresh = {value: at for value, at in _strings(parse(after, path)).items() if f"{value}" not in (before or "")}
    values: dict[str, frozenset[str]] = {}
    for value, at in fresh.items():
        near = [name for name, text in tests.items() if value in text]
        values |= {name: _values(tests[name]) for name in near if name not in values}
        if any(value in values[name] for name in near):
            yield Tamper(f"knows a value of the tests ({quoted(value)})", new=at)


def _strings(syntax: Syntax) -> dict[str, Rows]:
    """The strings and numbers of a source that are too particular to be there by chance."""
    found: dict[str, Rows] = {}
    for node in syntax.matching("[(string) (number)] @found"):
        parent = node.parent
        if parent is None or parent.type in (
            "import_statement",
            "export_statement",
            "literal_type",
            "property_signature",
        ):
            continue
        value = string_value(syntax, node) if node.type == "string" else syntax.code(node)
        compared = parent.type in ("binary_expression", "switch_case") or (
            parent.type == "pair" and parent.child_by_field_name("key") != node and key_of(syntax, parent) is not None
        )
        if value and len(value) < 200 and _particular(value, parent.type) and (compared or node.type == "string"):
            found.setdefault(value, rows(node))
    return found


def _particular(value: str, around: str) -> bool:
    """``order_1`` and ``a@b.c`` are; ``SHIPPED``, ``2`` and a message for a person are not."""
    if " " in value or "/" in value or value.isupper() or _FILE.match(value):
        return False
    if value.replace("_", "").isdigit():
        return around == "binary_expression" and len(value) > 3
    return bool(_TELLING.fullmatch(value))


def _values(text: str) -> frozenset[str]:
    syntax = parse(text)
    found = (string_value(syntax, node) or syntax.code(node) for node in syntax.matching("[(string) (number)] @found"))
    return frozenset(found)


def _without_comments(syntax: Syntax) -> str:
    pieces = list(syntax.text)
    for node in syntax.matching("(comment) @found"):
        span = syntax.span(node)
        pieces[span.start : span.end] = " " * (span.end - span.start)
    return "".join(pieces)


def _own(reading: Reading) -> frozenset[str]:
    """The words of the runner that the file declares itself, other than by taking them from a runner."""
    found: set[str] = set()
    for node in reading.declarations:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        code = reading.syntax.code(value) if value is not None else ""
        word = reading.syntax.code(name) if name is not None else ""
        if re.fullmatch(_WORDS, word) and not re.search(r"\.extend\b|\brequire\b", code[:400]):
            found.add(word)
    return frozenset(found)


def _declared_at(reading: Reading, name: str) -> Rows | None:
    found = re.search(rf"\b(?:const|let|var|function)\s+{name}\b", reading.text)
    return _row(reading.text, found.start()) if found else None


def _easy(reading: Reading) -> dict[str, Rows]:
    """The matchers of ``expect.extend`` whose every result passes."""
    found: dict[str, Rows] = {}
    for node in reading.syntax.matching(
        "[(method_definition) (pair) (function_declaration) (variable_declarator)] @found"
    ):
        name = node.child_by_field_name("name") or node.child_by_field_name("key")
        if name is None or not reading.syntax.code(name).startswith("to"):
            continue
        code = reading.syntax.code(node)[:4000]
        said = re.findall(r"\bpass\s*:\s*([^,}\n]{1,80})", code)
        if said and all(_always(one.strip()) for one in said) and "pass," not in code:
            found[reading.syntax.code(name)] = rows(node)
    return found


def _always(said: str) -> bool:
    """Whether what a matcher says is the same whatever it is given."""
    return said not in ("false", "!1", "0") and not re.search(r"[A-Za-z_$]", re.sub(r"\b(?:true|false)\b", "", said))


def _snapshots(text: str) -> dict[str, tuple[str, Rows]]:
    starts = list(_SNAPSHOT.finditer(text))
    found: dict[str, tuple[str, Rows]] = {}
    row, last = 0, 0
    for at, one in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        row += text.count("\n", last, one.start())
        last = one.start()
        body = text[one.end() : end].rstrip()
        found[one[1]] = (body, (row, row + body.count("\n")))
    return found


def _first(found: re.Match[str]) -> str:
    return found[1] or found[2] or ""


def _row(text: str, at: int) -> Rows:
    row = text.count("\n", 0, at)
    return row, row
