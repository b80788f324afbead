"""What whoever wrote the patch should hear of its review, in words and diffs, ready to be pasted into any assistant."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.change import Comment, Decision, Hunk, Side, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.origin import Piece
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
    hunks = {hunk.id: hunk for hunk in review.change.hunks()}
    accepted = [one for one in review.decisions if one.verdict is Verdict.ACCEPTED and one.hunk in hunks]
    edited = sum(_now(hunks[one.hunk], one) is not None for one in accepted)
    plain = len(accepted) - edited
    parts = [f"{plain} accepted as they are"] if plain else []
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
    now = _now(hunk, decision)
    if not (refused or comments or now is not None):
        return ""
    parts = [_said(hunk, decision), _sent(hunk)]
    if now is not None:
        parts.append(_kept(now))
    if hunk.conflict and refused:
        there = fenced("".join(hunk.old)) if hunk.old else "nothing\n"
        parts.append(f"I had changed these lines meanwhile. They read so, and stay so:\n\n{there}")
    parts += [f"{_on(hunk, decision, one)}: {cut(one.text, _LIMIT)}\n" for one in comments]
    parts += list(_rules(state, hunk)) if refused else []
    return "\n".join(parts)


def _now(hunk: Hunk, decision: Decision | None) -> str | None:
    """The person's own text, where they accepted that in place of what was sent."""
    if decision is None or decision.verdict is not Verdict.ACCEPTED:
        return None
    return "".join(hunk.new) if decision.edited is None and hunk.own else decision.edited


def _said(hunk: Hunk, decision: Decision | None) -> str:
    what = f"## {named(hunk.file)}, line {hunk.old_start + 1}\n\n"
    this = "a part of this" if hunk.origin is not None and hunk.origin.part else "this"
    if decision is None:
        return f"{what}I have not decided {this} yet.\n"
    if decision.verdict is Verdict.REJECTED:
        because = _because(decision.reason) if decision.reason.strip() else ", without giving a reason."
        return f"{what}I rejected {this}{because}\n"
    changes = " with changes of mine" if _now(hunk, decision) is not None else ""
    return f"{what}I accepted {this}{changes}{_because(decision.reason)}\n"


def _because(reason: str) -> str:
    return f": {' '.join(reason.split()).rstrip('.')}." if reason.strip() else "."


def _sent(hunk: Hunk) -> str:
    """What they sent, which the hunk may no longer read since its lines were changed on disk."""
    return "\n".join(fenced(_diff(piece), "diff") for piece in hunk.suggested)


def _diff(piece: Piece) -> str:
    lines = (*(f"-{line}" for line in piece.old), *(f"+{line}" for line in piece.new))
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


def _kept(now: str) -> str:
    text = fenced(now) if now else "nothing\n"
    return f"It reads so now; keep that:\n\n{text}"


def _there(hunk: Hunk) -> str:
    what = f"## {named(hunk.file)}\n\n"
    if not hunk.own:
        return f"{what}I wrote this myself meanwhile; it is there:\n\n{_sent(hunk)}"
    return f"{what}In place of this I wrote a text of my own:\n\n{_sent(hunk)}\n{_kept(''.join(hunk.new))}"


def _left(state: Alone) -> Iterator[tuple[str, str, str, str]]:
    return ((one.file, one.reason, one.wanted, one.nearest) for one in state.brought.missing)


def _missing(file: str, reason: str, wanted: str, nearest: str) -> str:
    said = f"## {named(file)}\n\nThis could not be placed: {clip(reason, 400)}.\n\n{fenced(wanted, 'diff')}"
    return said + (f"\nThe nearest lines of the file, as they are:\n\n{fenced(nearest)}" if nearest else "")
