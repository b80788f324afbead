"""A model's text becomes a ``Reply`` here, or a ``Fault`` that says what is wrong with it; no text raises.

A reply counts only when it is whole: closed by an end mark with the request's nonce and the right counts. What models
do to the form is put right where it can mean one thing; where it could mean two, the reply is refused with advice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from beai.core.edits.change import Edit
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    Doubt,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Question,
    Reply,
    Request,
)
from beai.core.suggest.reply.blocks import DOCUMENTS, EDIT_LIMIT, RATIONALE_LIMIT, edits_of, said_beside
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.envelope import broken, calls_a_tool, opened
from beai.core.suggest.reply.headings import EDITS, End, Verb, end, heading
from beai.core.suggest.reply.lists import bullets, cases
from beai.core.suggest.reply.loose import Loose, bare_patch, fenced, shows_edits
from beai.core.suggest.reply.questions import QUESTION_LIMIT, question
from beai.core.suggest.reply.scan import Block, Scan, candidates, scan
from beai.core.text import clip, printable

REPLY_LIMIT = 1_000_000
_KINDS = "A reply holds one kind of thing: edits, or cases, or one of the other ways to reply."


def parse(text: str, request: Request) -> Reply | Fault:
    """Read ``text`` as the answer to ``request``; nothing of an unusable reply is ever returned.

    A fault's ``detail`` tells the model how to do better.
    """
    found = _read(text, request)
    if not isinstance(found, Complaint):
        return found
    summary = f"The reply cannot be used: {printable(found.what)}."
    return Fault(FaultKind.MODEL, summary, found.advice, "Ask again, or choose another model.")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A reply's text, how it was cut up, and what of it stands under no heading."""

    text: str
    scan: Scan
    loose: Loose | Complaint | None

    @property
    def headed(self) -> int:
        """How many headings change something."""
        return sum(block.verb in EDITS for block in self.scan.blocks)


def _read(text: str, request: Request) -> Reply | Complaint:
    if found := broken(text, REPLY_LIMIT):
        return found
    text = opened(text)
    if text.strip() and (found := broken(text, REPLY_LIMIT)):
        return found
    first: Complaint | None = None
    for candidate in candidates(text):
        cut = _cut(candidate, request)
        complaint = _incomplete(cut.scan, request.nonce) or _miscounted(cut, request)
        if complaint is None:
            return _meaning(cut, request)
        first = first or complaint
    assert first is not None
    if calls_a_tool(text):
        return Complaint("it calls a tool, and there are none", "Write the blocks as plain text, as described.")
    return first


def _cut(text: str, request: Request) -> _Cut:
    found = scan(text)
    loose = None
    if found.ends and not any(block.verb in EDITS for block in found.blocks):
        lines = [line for line in text.split("\n") if not end(line)]
        loose = bare_patch(lines, request.source, whole=True, limit=EDIT_LIMIT)
        loose = loose or fenced(found.loose, request.source, EDIT_LIMIT)
        if isinstance(loose, Loose) and loose.lost:
            loose = loose.lost[0].why
    return _Cut(text, found, loose)


def _incomplete(found: Scan, nonce: str) -> Complaint | None:
    if found.open_fence:
        return Complaint(
            f"the fence opened in its line {found.open_fence} never closes",
            "Close each fence with its own mark; around code that has fences of its own, use a longer one.",
        )
    if found.crossed:
        return Complaint(
            f"the fence opened in its line {found.crossed} holds another one that is as long",
            "Around code that has fences of its own, use a longer one.",
        )
    if not found.ends:
        return Complaint("it has no end mark, so it is incomplete", f"Close with `### end {nonce} edits=… cases=…`.")
    if len(found.ends) > 1 or not found.ends[0].last:
        return Complaint("its end mark is not its last block", "Write the end mark once, after everything else.")
    if found.ends[0].nonce != nonce:
        return Complaint("its end mark belongs to another request", f"The word of this request is {nonce}.")
    if any(_swallowed(block, nonce) for block in found.blocks):
        return Complaint("a heading or its end mark stands inside of code", "Close each fence before the next heading.")
    return None


def _swallowed(block: Block, nonce: str) -> bool:
    """Whether code holds a heading or an end mark of this request, as a lost fence makes it; a document may."""
    if block.words.get("file", "").rstrip("`\"'*”’").endswith(DOCUMENTS):
        return False
    return any(_is_ours(line, nonce) for fence in block.fences for line in fence.lines)


def _is_ours(line: str, nonce: str) -> bool:
    if line.lstrip().startswith(("##", "**")) and (found := heading(line)) and found.marked and found.verb in EDITS:
        return True
    return bool(nonce) and nonce in line and (closing := end(line)) is not None and closing.nonce == nonce


def _miscounted(cut: _Cut, request: Request) -> Complaint | None:
    """Whether the end mark counts other blocks than there are; replacements under one heading count as one or each."""
    closing = cut.scan.ends[0]
    listed = sum(len(bullets(block.body)) for block in cut.scan.blocks if block.verb is Verb.CASES)
    if isinstance(cut.loose, Complaint):
        return cut.loose if closing.edits and not cut.scan.blocks else _differs(closing, 0, listed)
    if cut.loose is not None and (cut.loose.notes or not cut.loose.edits) and not cut.scan.blocks:
        return None  # what is wrong with it is said below
    if cut.loose is not None and closing.cases == listed and closing.edits:
        counts = {cut.loose.files, cut.loose.places}
        return None if closing.edits in counts else _differs(closing, cut.loose.places, listed)
    if (closing.edits, closing.cases) == (cut.headed, listed):
        return None
    if closing.cases == listed and cut.headed and closing.edits > cut.headed:
        made = edits_of(cut.scan.blocks, request.source)
        if not isinstance(made, Complaint) and made.places == closing.edits:
            return None
    return _differs(closing, cut.headed, listed)


def _differs(closing: End, edits: int, listed: int) -> Complaint:
    return Complaint(
        f"its end mark counts edits={closing.edits} cases={closing.cases}, and edits={edits} cases={listed} were found",
        "Write each heading exactly as described, each on a line of its own, and count those that change something.",
    )


def _meaning(cut: _Cut, request: Request) -> Reply | Complaint:
    found = cut.scan
    loose = cut.loose if isinstance(cut.loose, Loose) and found.ends[0].edits else None
    said = {"edits" if block.verb in EDITS else block.verb.value: block for block in found.blocks}
    said.pop(Verb.CITES.value, None)
    if loose is not None and not said:
        return _proposed(loose.edits, _before(cut, loose), request, loose.notes)
    if loose is not None or len(said) != 1:
        kinds = [*said, *(["a patch"] if loose else [])]
        return Complaint(f"it holds {' and '.join(kinds) or 'neither edits nor cases nor a question'}", _KINDS)
    (block,) = said.values()
    reason = block.body or found.rationale
    if not reason and block.verb in (Verb.NOTHING, Verb.DOUBT, Verb.BEYOND):
        return Complaint(f'it says "{block.verb}" without a reason', "Write the reason below the heading.")
    match block.verb:
        case Verb.CASES:
            return _cases(block.body, found, request)
        case Verb.QUESTION:
            return _asked([one for one in found.blocks if one.verb is Verb.QUESTION])
        case Verb.NOTHING:
            return NothingToDo(clip(reason, RATIONALE_LIMIT))
        case Verb.DOUBT:
            return Doubt(clip(reason, RATIONALE_LIMIT))
        case Verb.BEYOND:
            return BeyondMe(clip(reason, RATIONALE_LIMIT))
        case _:
            return _edits(found, request)


def _asked(blocks: list[Block]) -> Ask | Complaint:
    """All that is asked at once, each question once; two that are called the same are two topics."""
    if len(blocks) > QUESTION_LIMIT:
        return Complaint(f"it asks {len(blocks)} questions at once", f"Ask at most {QUESTION_LIMIT}, the first ones.")
    found = dict[str, Question]()
    for block in blocks:
        asked = question(block.words["topic"], block.body)
        if isinstance(asked, Complaint):
            return asked
        if asked not in found.values():
            topic = asked.topic if asked.topic not in found else f"{asked.topic}-{len(found) + 1}"
            found[topic] = replace(asked, topic=topic)
    first, *more = found.values()
    return Ask(first, tuple(more))


def _cases(body: str, found: Scan, request: Request) -> ProposeCases | Complaint:
    if request.purpose is not Purpose.CASES:
        return Complaint("it lists test cases, which nobody asked for", "The cases are approved; write what was asked.")
    ideas = cases(body, tuple(criterion.text for criterion in request.task.criteria))
    return ideas if isinstance(ideas, Complaint) else ProposeCases(ideas, clip(found.rationale, RATIONALE_LIMIT))


def _edits(found: Scan, request: Request) -> ProposeEdits | Complaint:
    if shows_edits(found.loose):
        return Complaint(
            "it holds a patch beside its headings", "Put each change below a heading, or all of them into one patch."
        )
    made = edits_of(found.blocks, request.source)
    if isinstance(made, Complaint):
        return made if request.purpose is not Purpose.CASES else _early()
    cited = tuple(text for block in found.blocks if block.verb is Verb.CITES for text in bullets(block.body))
    return _proposed(made.edits, said_beside(found), request, (), cited)


def _proposed(
    edits: tuple[Edit, ...], rationale: str, request: Request, notes: tuple[str, ...], cited: tuple[str, ...] = ()
) -> ProposeEdits | Complaint:
    if request.purpose is Purpose.CASES:
        return _early()
    if notes:
        return Complaint(notes[0].partition(": ")[0], "Leave that out, and say it to your partner instead.")
    if not edits:
        return Complaint("its patch changes nothing", "Show changed lines, or say that there is nothing to do.")
    return ProposeEdits(edits, clip(rationale, RATIONALE_LIMIT), cited)


def _early() -> Complaint:
    return Complaint("it holds code before any case is approved", "Write test cases in plain language only.")


def _before(cut: _Cut, loose: Loose) -> str:
    """What was said beside a patch without headings; of one without fences, what stands above it."""
    if loose.start < 0:
        return cut.scan.rationale
    lines = [line for line in cut.text.split("\n") if not end(line)]
    return "\n".join(lines[: loose.start]).strip()
