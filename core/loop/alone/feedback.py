"""What whoever wrote the patch should hear of its review, in words and diffs, ready to be pasted into any assistant."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.change import Comment, Decision, Hunk, Side, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.loop.alone.state import Alone
from beai.core.suggest.prompts.quote import cut, fenced, named
from beai.core.text import clip

_LIMIT = 8_000


def feedback(state: Alone) -> str:
    """Rejections with their reasons, the person's own text, comments, and what found no place; ``""`` for none.

    Nothing is told of hunks that were taken as they are, but how many they are.
    """
    review = state.review
    told = [words for hunk in review.change.hunks() if (words := _hunk(state, hunk))]
    told += [_there(hunk) for hunk in review.there]
    told += [_missing(file, reason, wanted, near) for file, reason, wanted, near in _left(state)]
    if not told:
        return ""
    return "\n".join([_lead(state), *told])


def _lead(state: Alone) -> str:
    review = state.review
    accepted = [one for one in review.decisions if one.verdict is Verdict.ACCEPTED and one.edited is None]
    parts = [f"{len(accepted)} accepted as they are"] if accepted else []
    edited = sum(one.edited is not None for one in review.decisions)
    rejected = sum(one.verdict is Verdict.REJECTED for one in review.decisions)
    parts += [f"{edited} accepted with changes of mine"] if edited else []
    parts += [f"{rejected} rejected"] if rejected else []
    parts += [f"{len(review.undecided())} not decided"] if review.undecided() else []
    parts += [f"{len(state.brought.missing)} that found no place"] if state.brought.missing else []
    applied = state.receipt is not None and state.receipt.files
    written = " What I accepted is in the files now." if applied else ""
    return (
        f"I reviewed your change, piece by piece: {', '.join(parts) or 'nothing decided'}.{written} Do not send again "
        "what I accepted or rejected; send only what you change because of the following.\n"
    )


def _hunk(state: Alone, hunk: Hunk) -> str:
    decision, comments = state.review.decision(hunk.id), state.review.comments_of(hunk.id)
    refused = decision is not None and decision.verdict is Verdict.REJECTED
    edited = decision.edited if decision else None
    if not (refused or comments or edited is not None):
        return ""
    parts = [_said(hunk, decision), fenced(_diff(hunk), "diff")]
    if edited is not None:
        parts.append(f"It reads so now; keep that:\n\n{fenced(edited)}")
    if hunk.conflict and refused:
        there = fenced("".join(hunk.old)) if hunk.old else "nothing\n"
        parts.append(f"I had changed these lines meanwhile. They read so, and stay so:\n\n{there}")
    parts += [f"{_on(hunk, decision, one)}: {cut(one.text, _LIMIT)}\n" for one in comments]
    parts += list(_rules(state, hunk)) if refused else []
    return "\n".join(parts)


def _said(hunk: Hunk, decision: Decision | None) -> str:
    what = f"## {named(hunk.file)}, line {hunk.old_start + 1}\n\n"
    match decision:
        case None:
            return f"{what}I have not decided this yet.\n"
        case Decision(verdict=Verdict.REJECTED, reason=reason):
            return f"{what}I rejected this{_because(reason) if reason.strip() else ', without giving a reason.'}\n"
        case Decision(edited=None, reason=reason):
            return f"{what}I accepted this{_because(reason)}\n"
        case Decision(reason=reason):
            return f"{what}I accepted this with changes of mine{_because(reason)}\n"


def _because(reason: str) -> str:
    return f": {' '.join(reason.split()).rstrip('.')}." if reason.strip() else "."


def _diff(hunk: Hunk) -> str:
    lines = (*(f"-{line}" for line in hunk.old), *(f"+{line}" for line in hunk.new))
    return cut("\n".join(line.rstrip("\r\n") for line in lines), _LIMIT)


def _on(hunk: Hunk, decision: Decision | None, comment: Comment) -> str:
    edited = decision.edited if decision else None
    new = hunk.new if edited is None else tuple(split_lines(edited))
    lines = {Side.OLD: hunk.old, Side.NEW: new}.get(comment.side, ())
    if not 0 <= comment.line <= comment.last < len(lines):
        return "My comment"
    sign = "-" if comment.side is Side.OLD else "+"
    more = f" and the {comment.last - comment.line} below it" if comment.last > comment.line else ""
    return f"My comment on the line `{sign}{named(lines[comment.line].strip(), 200)}`{more}"


def _rules(state: Alone, hunk: Hunk) -> Iterator[str]:
    found = (state.findings or {}).get(hunk.id, ())
    if found:
        told = "\n".join(f"{one.citation} ({one.check}): {one.message} {one.fix}" for one in found)
        yield f"It breaks these rules:\n\n{fenced(cut(told, _LIMIT))}"


def _there(hunk: Hunk) -> str:
    return f"## {named(hunk.file)}\n\nI wrote this myself meanwhile; it is there:\n\n{fenced(_diff(hunk), 'diff')}"


def _left(state: Alone) -> Iterator[tuple[str, str, str, str]]:
    return ((one.file, one.reason, one.wanted, one.nearest) for one in state.brought.missing)


def _missing(file: str, reason: str, wanted: str, nearest: str) -> str:
    said = f"## {named(file)}\n\nThis could not be placed: {clip(reason, 400)}.\n\n{fenced(wanted, 'diff')}"
    return said + (f"\nThe nearest lines of the file, as they are:\n\n{fenced(nearest)}" if nearest else "")
