"""Rules that say opposite things of one measurable subject, each with the line that says it.

Only what can be compared word by word counts: a number of lines, a runner, a package manager, a style of quotes, the
same thing always and never. A rule that names both sides itself says neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.project.markdown import lines
from beai.core.rulebook.applies import scope
from beai.core.rulebook.flaws import Flaw, FlawKind
from beai.core.rulebook.globs import matches
from beai.core.rulebook.roles import other_role, own_folders

_LOOKED_AT = 3_000  # paths that two rules' globs are compared on
_LINE = 600
_UP_TO = (
    r"(?:under|below|at most|no more than|not (?:to )?exceed|no longer than|limit(?:ed)? to|less than|fewer than|up to"
    r"|maximum(?: of)?|max\.?|<=?|≤)"
)
_SIZE = re.compile(
    r"\b(?:(?P<limited>limit) )?(?P<subject>files?|functions?|methods?|components?|classes|routers?)\b"
    rf"(?:(?(limited) to |[^.\n]{{0,40}}?{_UP_TO}))\W{{0,4}}~?(?P<value>\d{{2,4}})\s+lines\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A subject of which a rule says one of several values: each value with the words that say it."""

    subject: str
    values: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Claim:
    subject: str
    value: str
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one rule says, and where."""

    rule: RuleFile
    line: int
    words: str

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.rule.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rules that may be in force together and say different things of ``subject``."""

    subject: str
    one: Side
    other: Side


def _either(subject: str, **values: str) -> _Choice:
    return _Choice(
        subject, {name.replace("_", " "): re.compile(words, re.IGNORECASE) for name, words in values.items()}
    )


_UNLESS = r"(?<!not )(?<!n't )(?<!never )(?<!avoid )"
_MARKS = r"[*_`'\"]{0,3}"


def _runner(name: str) -> str:
    return (
        rf"{_UNLESS}\b(?:use|uses|using|written (?:in|with)|run (?:with|by)|tested with)\s+(?:the )?{_MARKS}{name}\b"
        r"(?!\s+(?:or|and)\b|\s*[/,(]|['’]s|-)"
    )


def _installer(name: str) -> str:
    return (
        rf"{_UNLESS}\b(?:always use|only use|use only|use|package manager(?: is|:)?)\s+{_MARKS}{name}\b"
        r"(?!\s+(?:or|run|add|install|workspaces?|i\b|dlx|exec|x\b)|\s*/)"
    )


def _case(name: str) -> str:
    said = r"(?: (?:must|should|are|be|is|use|in|all|have|always|named|written))*"
    subject = r"(?:^|[.:;(*-]\s*|\ball )(?:file ?names?|files|name files)\b"
    return rf"{subject}{said}[: ]*{_MARKS}{name}\b(?! (?:for|or|in|when)\b|,)"


_CHOICES = (
    _either("the test runner", Vitest=_runner("vitest"), Jest=_runner("jest"), Mocha=_runner("mocha")),
    _either("the package manager", **{name: _installer(name) for name in ("npm", "pnpm", "yarn", "bun")}),
    _either(
        "quotes",
        single=rf"{_UNLESS}\b(?:use|prefer|always)\s+{_MARKS}single[- ]quotes?\b",
        double=rf"{_UNLESS}\b(?:use|prefer|always)\s+{_MARKS}double[- ]quotes?\b",
    ),
    _either(
        "semicolons",
        always=rf"{_UNLESS}\b(?:always use|use|require|end (?:statements|lines) with) semicolons\b(?! only)",
        never=r"\b(?:no|omit|without|never use|do not use|don't use|avoid) (?:trailing )?semicolons\b",
    ),
    _either(
        "indentation",
        two_spaces=r"\b(?:2|two)[- ]spaces? (?:for )?indent|\bindent\w* (?:with |of |is |by |using )?(?:2|two) spaces",
        four_spaces=r"\b(?:4|four)[- ]spaces? (?:for )?indent"
        r"|\bindent\w* (?:with |of |is |by |using )?(?:4|four) spaces",
        tabs=r"\b(?:use|prefer) tabs for indent|\bindent (?:with|using) tabs\b",
    ),
    _either(
        "file names",
        kebab_case=_case("kebab[-_ ]?case"),
        camel_case=_case("camel[-_ ]?case"),
        pascal_case=_case("pascal[-_ ]?case"),
        snake_case=_case("snake[-_ ]?case"),
    ),
    _either(
        "exports",
        named=rf"{_UNLESS}\b(?:use|prefer|always use|only) named exports?\b(?! for| in)"
        r"|\b(?:no|avoid|never use|do not use|don't use) default exports?\b(?! for| in| unless)",
        default=rf"{_UNLESS}\b(?:use|prefer|always use) default exports?\b(?! for| in)",
    ),
    _either(
        "object types",
        interfaces=rf"\b(?:prefer|use) {_MARKS}interfaces?{_MARKS} (?:over|instead of|rather than) {_MARKS}types?\b",
        types=rf"\b(?:prefer|use) {_MARKS}types?{_MARKS} (?:aliases )?(?:over|instead of|rather than)"
        rf" {_MARKS}interfaces?\b",
    ),
)
_COVERAGE = re.compile(r"\b(?P<value>\d{2,3})\s?% (?:test |code |line )?coverage\b", re.IGNORECASE)
_THING = r"(?P<thing>`[^`\n]{1,60}`|[\w-]{3,30}(?: [\w-]{3,30})?)\s*(?:[.;!]|$|\*\*)"
_ALWAYS = re.compile(rf"(?:^|[.;:*-]\s*)(?:\*\*)?(?:always|you must|must) use {_THING}", re.IGNORECASE)
_NEVER = re.compile(rf"(?:^|[.;:*-]\s*)(?:\*\*)?(?:never|do not|don't|must not|must never) use {_THING}", re.IGNORECASE)


def contradictions(own: Sequence[RuleFile], paths: Sequence[str]) -> Iterator[Flaw]:
    """Each clash as a flaw of the later rule."""
    for clash in clashes(own, paths):
        mine, theirs = clash.one, clash.other
        message = f"Of {clash.subject} it says “{mine.words}”; {theirs.place} says “{theirs.words}”."
        yield Flaw(FlawKind.CONTRADICTION, mine.rule.path, mine.line, message, "Keep one.")


def clashes(own: Sequence[RuleFile], paths: Sequence[str]) -> Iterator[Clash]:
    """Each pair of rules that may be in force together and say different things of one subject, told once."""
    ours = own_folders(own)
    said = [(rule, _claims(rule)) for rule in own if not other_role(rule, ours=ours)]
    for at, (rule, claims) in enumerate(said):
        for other, others in said[:at]:
            shared = claims.keys() & others.keys()
            if not shared or not _together(rule, other, paths):
                continue
            for subject in sorted(shared):
                mine, theirs = claims[subject], others[subject]
                if mine.value != theirs.value:
                    one, two = Side(rule, mine.line, mine.words), Side(other, theirs.line, theirs.words)
                    yield Clash(subject, one, two)


def _claims(rule: RuleFile) -> dict[str, _Claim]:
    """What a rule says of each subject; a subject of which it says two things is left out."""
    found: dict[str, _Claim] = {}
    torn: set[str] = set()
    for line in lines(rule.text):
        if line.fence is not None or not line.text.strip():
            continue
        for subject, value, words in _said(line.text[:_LINE]):
            before = found.setdefault(subject, _Claim(subject, value, rule.begins + line.number - 1, words))
            if before.value != value:
                torn.add(subject)
    return {subject: claim for subject, claim in found.items() if subject not in torn}


def _said(text: str) -> Iterator[tuple[str, str, str]]:
    for match in _SIZE.finditer(text):
        yield f"the length of a {_one(match.group('subject'))}", match.group("value"), _words(match)
    for match in _COVERAGE.finditer(text):
        yield "coverage", match.group("value"), _words(match)
    for choice in _CHOICES:
        for value, pattern in choice.values.items():
            if said := pattern.search(text):
                yield choice.subject, value, _words(said)
    for value, pattern in (("always", _ALWAYS), ("never", _NEVER)):
        for match in pattern.finditer(text):
            yield f"using {match.group('thing').strip('`').lower()}", value, _words(match)


def _together(one: RuleFile, other: RuleFile, paths: Sequence[str]) -> bool:
    """Whether both can be in force at once: in one folder's scope, and with globs that some file matches both."""
    if scope(one) != scope(other):
        return False
    if one.always or other.always or not (one.globs and other.globs):
        return True
    return any(_speaks(one, path) and _speaks(other, path) for path in paths[:_LOOKED_AT])


def _speaks(rule: RuleFile, path: str) -> bool:
    return any(matches(glob, path) for glob in rule.globs)


def _one(subject: str) -> str:
    subject = subject.lower()
    return "class" if subject == "classes" else subject.removesuffix("s")


def _words(match: re.Match[str]) -> str:
    return " ".join(match.group().strip(" *`_:;.-").split())[:120]
