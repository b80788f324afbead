"""A model's text becomes a ``Reply`` here, or a ``Fault`` that says what is wrong with it; no text raises.

A reply counts only when it is whole: closed by an end mark with the request's nonce and the right counts.
"""

from __future__ import annotations

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.blocks import EDITS, Scan, Verb, scan
from beai.core.suggest.edit_blocks import Complaint, edits_of
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    Doubt,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
)
from beai.core.suggest.lists import bullets, cases, question
from beai.core.text import clip, printable

REPLY_LIMIT = 1_000_000
RATIONALE_LIMIT = 4_000


def parse(text: str, request: Request) -> Reply | Fault:
    """Read ``text`` as the answer to ``request``; nothing of an unusable reply is ever returned.

    A fault's ``detail`` tells the model how to do better.
    """
    found = _read(text, request)
    if not isinstance(found, Complaint):
        return found
    summary = f"The reply cannot be used: {printable(found.what)}."
    return Fault(FaultKind.MODEL, summary, found.advice, "Ask again, or choose another model.")


def _read(text: str, request: Request) -> Reply | Complaint:
    if broken := _broken(text):
        return broken
    found = scan(_thought_through(text))
    return _incomplete(found, request.nonce) or _meaning(found, request)


def _broken(text: str) -> Complaint | None:
    if not text.strip():
        return Complaint("it is empty")
    if len(text) > REPLY_LIMIT:
        return Complaint(f"it is longer than {REPLY_LIMIT} characters")
    if "\0" in text or not _encodes(text):
        return Complaint("it holds characters that no source file may hold")
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _thought_through(text: str) -> str:
    """The text after a reasoning model's ``<think>`` part, which some servers leave in."""
    return text.partition("</think>")[2] if text.lstrip().startswith("<think>") else text


def _incomplete(found: Scan, nonce: str) -> Complaint | None:
    if found.open_fence:
        return Complaint(
            f"the fence opened in its line {found.open_fence} never closes",
            "Around code that has fences of its own, use a longer one.",
        )
    if not found.ends:
        return Complaint("it has no end mark, so it is incomplete", f"Close with `### end {nonce} edits=… cases=…`.")
    if len(found.ends) > 1 or not found.ends[0].last:
        return Complaint("its end mark is not its last block", "Write the end mark once, after everything else.")
    end = found.ends[0]
    if end.nonce != nonce:
        return Complaint("its end mark belongs to another request", f"The word of this request is {nonce}.")
    edits = sum(block.verb in EDITS for block in found.blocks)
    listed = sum(len(bullets(block.body)) for block in found.blocks if block.verb is Verb.CASES)
    if (end.edits, end.cases) == (edits, listed):
        return None
    return Complaint(
        f"its end mark counts edits={end.edits} cases={end.cases}, and edits={edits} cases={listed} were found",
        "Write each heading exactly as described, each on a line of its own, and count those that change something.",
    )


def _meaning(found: Scan, request: Request) -> Reply | Complaint:
    said = {"edits" if block.verb in EDITS else block.verb.value: block for block in found.blocks}
    said.pop(Verb.CITES.value, None)
    if len(said) != 1:
        return Complaint(
            f"it holds {' and '.join(said) or 'neither edits nor cases nor a question'}",
            "A reply holds one kind of thing: edits, or cases, or one of the other ways to reply.",
        )
    (block,) = said.values()
    reason = block.body or found.rationale
    if not reason and block.verb in (Verb.NOTHING, Verb.DOUBT, Verb.BEYOND):
        return Complaint(f'it says "{block.verb}" without a reason', "Write the reason below the heading.")
    match block.verb:
        case Verb.CASES:
            return _cases(block.body, found, request)
        case Verb.QUESTION:
            asked = question(block.words["topic"], block.body)
            return asked if isinstance(asked, Complaint) else Ask(asked)
        case Verb.NOTHING:
            return NothingToDo(clip(reason, RATIONALE_LIMIT))
        case Verb.DOUBT:
            return Doubt(clip(reason, RATIONALE_LIMIT))
        case Verb.BEYOND:
            return BeyondMe(clip(reason, RATIONALE_LIMIT))
        case _:
            return _edits(found, request)


def _cases(body: str, found: Scan, request: Request) -> ProposeCases | Complaint:
    if request.purpose is not Purpose.CASES:
        return Complaint("it lists test cases, which nobody asked for", "The cases are approved; write what was asked.")
    ideas = cases(body, tuple(criterion.text for criterion in request.task.criteria))
    return ideas if isinstance(ideas, Complaint) else ProposeCases(ideas, clip(found.rationale, RATIONALE_LIMIT))


def _edits(found: Scan, request: Request) -> ProposeEdits | Complaint:
    if request.purpose is Purpose.CASES:
        return Complaint("it holds code before any case is approved", "Write test cases in plain language only.")
    edits = edits_of(found.blocks, request)
    if isinstance(edits, Complaint):
        return edits
    beside = (found.rationale, *(block.prose for block in found.blocks if block.verb in EDITS))
    rationale = "\n\n".join(text for text in beside if text)
    cited = tuple(text for block in found.blocks if block.verb is Verb.CITES for text in bullets(block.body))
    return ProposeEdits(edits, clip(rationale, RATIONALE_LIMIT), cited)
