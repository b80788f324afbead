"""How the first line of a block and the last line of a reply read, in all the spellings that models give them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import StrEnum

HEADING_LIMIT = 500
_QUOTED = r"""(?:".*"|'.*'|`.*`|“.*”|‘.*’|«.*»|„.*[“”])"""
_PATH = r"(?:file )?(?P<file>.+)"
_REASON = r"(?:\s*[:–—-]\s*(?P<reason>\S.*))?"


class Verb(StrEnum):
    """What a block does or says."""

    PROCEDURE = "upsert procedure"
    IMPORT = "import"
    MOUNT = "mount router"
    TEST = "test"
    MODEL = "upsert model"
    ENUM = "upsert enum"
    FIELD = "upsert field"
    REPLACE = "replace"
    FILE = "file"
    CITES = "cites"
    CASES = "cases"
    QUESTION = "question"
    NOTHING = "nothing to do"
    DOUBT = "the test is wrong"
    BEYOND = "beyond me"


EDITS = frozenset(
    {Verb.PROCEDURE, Verb.IMPORT, Verb.MOUNT, Verb.TEST, Verb.MODEL, Verb.ENUM, Verb.FIELD, Verb.REPLACE, Verb.FILE}
)

_UPSERT = r"(?:upsert|add|update|replace)"
_KIND = r"(?: \((?:new|new file|whole|whole file|updated|modified)\))?"
_HEADINGS: tuple[tuple[Verb, re.Pattern[str]], ...] = tuple(
    (verb, re.compile(pattern, re.IGNORECASE))
    for verb, pattern in (
        (
            Verb.PROCEDURE,
            rf"{_UPSERT} procedure:? (?P<name>\S+) (?:in|to) (?:router )?(?P<variable>\S+) (?:of|in) {_PATH}",
        ),
        (Verb.IMPORT, rf"(?:add |upsert )?imports?:? (?:in|to) {_PATH}"),
        (Verb.MOUNT, rf"mount router:? (?P<key>[^\s=]+) ?= ?(?P<variable>\S+) from (?P<module>\S+) in {_PATH}"),
        (Verb.TEST, rf"(?:{_UPSERT} )?test:? (?P<name>{_QUOTED}) in (?P<describe>{_QUOTED}) of {_PATH}"),
        (Verb.MODEL, rf"{_UPSERT} model:? (?P<name>\S+) (?:in|of|to) {_PATH}"),
        (Verb.ENUM, rf"{_UPSERT} enum:? (?P<name>\S+) (?:in|of|to) {_PATH}"),
        (Verb.FIELD, rf"{_UPSERT} field:? (?P<name>\S+) (?:in|of|to) model (?P<model>\S+) (?:of|in) {_PATH}"),
        (Verb.REPLACE, rf"(?:search[ /]?(?:and )?)?replace:? in {_PATH}"),
        (Verb.FILE, rf"(?:(?:new|whole|create|update) )?file:? (?P<file>\S+){_KIND}"),
        (Verb.CITES, r"cites"),
        (Verb.CASES, r"(?:test )?cases"),
        (Verb.QUESTION, r"question(?:[ :]+(?P<topic>.*))?"),
        (Verb.NOTHING, rf"nothing to do{_REASON}"),
        (Verb.DOUBT, rf"the (?:test|task|design|spec|specification|schema)(?: or the \w+)? is wrong{_REASON}"),
        (Verb.BEYOND, rf"beyond me{_REASON}"),
    )
)
_END = re.compile(
    r"end:? (?P<nonce>\S+?):? edits ?= ?(?P<edits>\d{1,6})[,;]? cases ?= ?(?P<cases>\d{1,6})\.?", re.IGNORECASE
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe0f\ufeff]")
_NUMBERED = re.compile(
    r"(?:(?:edit|step|block|change|part) ?#?)?\d{1,3}(?: ?[.):–—-])? +"
    r"|(?:edit|step|block|change|part):? +(?=upsert|mount)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"^[^\w\x00-\x7f“‘«]+\s*")
_SOMEWHERE = re.compile(r"[`\"']?[\w@.~/\\()\[\]$+-]*[./][\w@.~/\\()\[\]$+-]+[`\"']?")
_LOOSE = EDITS - {Verb.MOUNT}
_PLAIN = frozenset(
    ("upsert", "add", "update", "replace", "import", "imports", "test", "search", "file", "new", "whole", "create")
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A block's first line; ``words`` are its named parts, ``marked`` whether it is written as a heading at all."""

    verb: Verb
    words: dict[str, str]
    marked: bool


@dataclass(frozen=True, slots=True)
class End:
    """The end mark as it was written; ``last`` is whether no block follows."""

    nonce: str
    edits: int
    cases: int
    last: bool = True


def heading(line: str) -> Heading | None:
    """The block that ``line`` begins: in any level, bold, numbered, in any case, with a colon at its end.

    A line without any mark of a heading counts only for an edit, and only where it names a place in the repository.
    """
    if len(line) > HEADING_LIMIT or not _may_begin(line):
        return None
    bare = _seen(line)
    numbered = re.match(r"\d{1,3}[.)] +(?=[#*])", bare)
    bare = bare[numbered.end() :] if numbered else bare
    bold = len(bare) > 4 and bare.startswith(("**", "__")) and bare.rstrip(" :").endswith(("**", "__"))
    marked = bold or bare.strip("*").lstrip().startswith("#")
    said = bare.strip("*_").strip().strip("#").strip().strip("*").rstrip(" :").strip("*").strip()
    if not said or not (marked or said.split(None, 1)[0].rstrip(":").lower() in _PLAIN):
        return None
    said = _SIGN.sub("", said) if marked else said
    numbered = _NUMBERED.match(said) if marked else None
    said = said[numbered.end() :] if numbered else said
    found = _recognised(said) or (_recognised(html.unescape(said)) if "&" in said else None)
    if found is None or marked:
        return found
    plain = found.verb in _LOOSE and _SOMEWHERE.fullmatch(found.words["file"])
    return Heading(found.verb, found.words, marked=False) if plain else None


def end(line: str) -> End | None:
    """The end mark that ``line`` is, with or without the marks of a heading, bold or code around it."""
    if "=" not in line or len(line) > HEADING_LIMIT:
        return None
    found = _END.fullmatch(" ".join(_seen(line).strip(" \t#*_`>").split()))
    return End(found["nonce"], int(found["edits"]), int(found["cases"])) if found else None


def _may_begin(line: str) -> bool:
    """Whether a look at the first word leaves it open; most lines of a text are neither."""
    words = line.split(None, 1)
    if not words:
        return False
    first = words[0][0]
    if "a" <= first.lower() <= "z":
        return words[0].rstrip(":").lower() in _PLAIN
    return first in "#*_" or first.isdigit() or not first.isascii()


def _seen(line: str) -> str:
    """The line without characters that no reader sees."""
    return line.strip() if line.isascii() else _UNSEEN.sub("", line).replace("\u00a0", " ").strip()


def _recognised(said: str) -> Heading | None:
    for verb, pattern in _HEADINGS:
        if found := pattern.fullmatch(said):
            return Heading(verb, {name: word or "" for name, word in found.groupdict().items()}, marked=True)
    return None
