"""A question as a model writes it: issue, trigger, citations, what was considered, and options with consequences.

What models do to the form is put right where it can mean one thing: a consequence on a line of its own, an option that
says by itself that it is advised, an "other" that a free answer is anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from beai.core.suggest.exchange import Option, Question, Trigger
from beai.core.suggest.reply.complaint import Complaint

OPTION_LIMIT = 12
QUESTION_LIMIT = 5

_BULLET = re.compile(r"(?P<indent>\s*)(?:[-*+•]|\d{1,3}[.)])\s+(?P<text>\S.*)")
_FIELD = re.compile(
    r"(?P<name>issue|question|cites?|considered|context|trigger|why|reason|"
    r"advice|advised?|i would take|would take|recommended|recommendation)\s*:\s*(?P<text>.*)",
    re.IGNORECASE,
)
_NAMES = {
    "issue": "issue", "question": "issue", "cite": "cites", "cites": "cites", "considered": "considered",
    "context": "considered", "trigger": "trigger", "why": "trigger", "reason": "trigger",
}  # fmt: skip
_ADVICE, _OPTION = "advice", "option"
_ARROWS = ("=>", "→", "->", " — ", " – ")
_CONSEQUENCE = re.compile(r"(?:consequences?|then|result|effect)\s*:\s*(?P<text>\S.*)", re.IGNORECASE)
_MARKED = re.compile(r"[(\[](?:advised|recommended|my advice|preferred|default)[)\]]", re.IGNORECASE)
_FREE = re.compile(
    r"(?:other|something else|none of (?:these|the above)|you decide|not now|free text)\b.{0,60}", re.IGNORECASE
)
_TRIGGERS: tuple[tuple[str, Trigger], ...] = (
    ("contradict", Trigger.CONTRADICTION), ("conflict", Trigger.CONTRADICTION), ("disagree", Trigger.CONTRADICTION),
    ("schema", Trigger.SCHEMA), ("shared", Trigger.SHARED), ("utility", Trigger.SHARED), ("service", Trigger.SHARED),
    ("block", Trigger.BLOCKED), ("depend", Trigger.BLOCKED), ("heavy", Trigger.HEAVY), ("transaction", Trigger.HEAVY),
    ("performance", Trigger.HEAVY), ("contract", Trigger.CONTRACT), ("middleware", Trigger.CONTRACT),
    ("transformation", Trigger.CONTRACT), ("complex", Trigger.COMPLEX), ("deviat", Trigger.DEVIATION),
    ("unclear", Trigger.UNCLEAR), ("missing", Trigger.UNCLEAR), ("ambiguous", Trigger.UNCLEAR),
)  # fmt: skip


@dataclass
class _Written:
    """One option as it is written: the words of its item, and those of a consequence on lines of its own."""

    words: list[str]
    then: list[str] = field(default_factory=list)


@dataclass
class _Said:
    """What is read so far; ``at`` is the part that a line without a mark goes on with."""

    parts: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in (*dict.fromkeys(_NAMES.values()), _ADVICE)}
    )
    options: list[_Written] = field(default_factory=list)
    indent: int = 0
    at: str = "issue"

    def one(self, part: str) -> str:
        """A part in one line."""
        return " ".join(" ".join(self.parts[part]).split())


def question(topic: str, body: str) -> Question | Complaint:
    """A question from its topic and text; its options are the list's items."""
    said = _read(body)
    issue = said.one("issue")
    if not issue:
        return Complaint("its question does not say what is unclear", "State the issue below the heading.")
    if len(said.options) > OPTION_LIMIT:
        return Complaint(f"its question has {len(said.options)} options", f"Offer at most {OPTION_LIMIT}.")
    written = [_option(one) for one in said.options]
    kept = [(number, *one) for number, one in enumerate(written, 1) if not _FREE.fullmatch(one[0].label)]
    cited = (text.strip() for text in said.one("cites").split(";"))
    return Question(
        topic=_slug(topic) or _slug(issue) or "question",
        issue=issue,
        cites=tuple(text for text in cited if text),
        considered=said.one("considered"),
        options=tuple(option for _, option, _ in kept),
        trigger=trigger(said.one("trigger")),
        advised=_advised(said.one(_ADVICE), kept),
    )


def trigger(words: str) -> Trigger | None:
    """The reason for asking that ``words`` name, in whatever form; None where they name none."""
    plain = words.casefold()
    return next((found for stem, found in _TRIGGERS if stem in plain), None)


def _read(body: str) -> _Said:
    said = _Said()
    for line in body.split("\n"):
        bullet = _BULLET.fullmatch(line)
        bare = " ".join((bullet["text"] if bullet else line.strip().strip("*")).replace("**", "").split())
        named, consequence = _FIELD.fullmatch(bare), _CONSEQUENCE.fullmatch(bare)
        if named and not (bullet and said.options):
            said.at = _NAMES.get(named["name"].lower(), _ADVICE)
            said.parts[said.at].append(named["text"])
        elif said.options and (consequence or (bullet and len(bullet["indent"]) > said.indent)):
            said.options[-1].then.append(consequence["text"] if consequence else bare)
        elif bullet:
            said.options.append(_Written([bare]))
            said.at, said.indent = _OPTION, len(bullet["indent"])
        elif said.at == _OPTION and bare:
            said.options[-1].words.append(bare)
        else:
            said.at = "considered" if said.at == _OPTION else said.at
            said.parts[said.at].append(bare)
    return said


def _option(written: _Written) -> tuple[Option, bool]:
    """An option, and whether it says of itself that it is advised."""
    said = " ".join(" ".join(written.words).split())
    bare = " ".join(_MARKED.sub(" ", said).split())
    label, consequence = _parted(bare)
    then = " ".join(filter(None, (consequence, *written.then)))
    return Option(label.strip("*").strip() or label, then), bare != said


def _parted(text: str) -> tuple[str, str]:
    for arrow in _ARROWS:
        label, found, consequence = text.partition(arrow)
        if found and label.strip():
            return label.strip(), consequence.strip()
    return text.strip(), ""


def _advised(words: str, kept: list[tuple[int, Option, bool]]) -> int:
    """The option that would be taken: by its number (1-based) or its words, else the one that says so of itself."""
    number = re.match(r"\W*(?:option\s*)?(\d{1,2})\b", words, re.IGNORECASE)
    plain = _plain(words)
    for at, (written, option, marked) in enumerate(kept):
        named = bool(plain) and _plain(option.label) == plain
        if named or (number is not None and int(number[1]) == written) or (not words and marked):
            return at
    starts = [at for at, (_, option, _) in enumerate(kept) if plain.startswith(_plain(option.label))]
    return starts[0] if words and len(starts) == 1 else -1


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(".:;`*\"'")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text[:200].lower()).strip("-")[:60].strip("-")
