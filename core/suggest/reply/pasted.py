"""A patch or a reply that somebody pasted, from git or from any assistant, becomes edits, or a ``Fault`` in words.

There is no request, no nonce and no count here: what can show that the text is whole is asked to show it (a fence has
to close, a pair too, a patch in V4A has to end, the last hunk of a diff has to be as long as it says), and an end mark
that is there has to count right. Read are, the first that fits:

* our own reply, with or without its end mark;
* a unified diff: plain, from ``git diff``, ``git show`` or ``git format-patch`` (also several mails), fenced or not;
* a V4A patch (``*** Begin Patch``);
* search/replace pairs as aider, Cline and Roo Code write them, with the file's name above;
* fences that are named after a file (in the info string, in the line above, or in a comment in their first line).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.change import Edit
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.reply import unified
from beai.core.suggest.reply.backwards import Back, taken_back
from beai.core.suggest.reply.blocks import RATIONALE_LIMIT, edits_of, said_beside
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.envelope import broken, calls_a_tool, opened
from beai.core.suggest.reply.headings import EDITS, Verb, end
from beai.core.suggest.reply.loose import Loose, bare_patch, fenced
from beai.core.suggest.reply.patch import Known, Lost, Way
from beai.core.suggest.reply.paths import path
from beai.core.suggest.reply.scan import Scan, candidates, scan
from beai.core.text import clip, one_line, printable

PASTE_LIMIT = 5_000_000
EDIT_LIMIT = 5_000
_REMEDY = "Paste a diff, a patch, or an answer with whole files or search/replace pairs."
_MAIL = re.compile(r"From [0-9a-f]{7,64} \w{3} \w{3} .{1,40}")
_SUBJECT = re.compile(r"Subject: (?:\[[^\]]{0,60}\] )?(?P<words>.{1,400})")
_ENCODED = re.compile(r"Content-Transfer-Encoding: *(?P<how>base64|quoted-printable)", re.IGNORECASE)
_WORDS = {
    Verb.CASES: "lists test cases and changes nothing",
    Verb.QUESTION: "asks a question and changes nothing",
    Verb.NOTHING: "says that there is nothing to do",
    Verb.DOUBT: "says that the test or the specification is wrong, and changes nothing",
    Verb.BEYOND: "says that it cannot do this",
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read: the edits in order, the words that stood beside them, and notes that a person has to see.

    ``notes`` are sentences about what no edit can carry (binary files, modes, submodules: left out) and about what
    could not be known (a reply without an end mark may be a piece). ``stuck`` are those that cannot be taken back,
    where that was asked for, and ``lost`` are parts that are no edit, such as one with a path that leads elsewhere.
    """

    edits: tuple[Edit, ...]
    rationale: str = ""
    notes: tuple[str, ...] = ()
    stuck: tuple[Edit, ...] = ()
    lost: tuple[Lost, ...] = ()


def read_any(text: str, known: Known, way: Way = Way.ON) -> Pasted | Fault:
    """The edits in a pasted ``text``; nothing of a text that is cut off or can mean two things is returned.

    ``known`` gives the text of a file of the repository, or None. It is asked for files that the patch renames, copies
    or removes, and for those that a named fence gives whole. Backwards, the edits take back what the text did. Pure,
    never raises, linear in the text.
    """
    found = _read(text, known, way)
    if isinstance(found, Pasted):
        return found
    summary = f"The pasted text cannot be used: {printable(found.what)}."
    return Fault(FaultKind.MODEL, summary, found.advice, _REMEDY)


def _read(text: str, known: Known, way: Way) -> Pasted | Complaint:
    if found := broken(text, PASTE_LIMIT):
        return found
    text = opened(text)
    first: Complaint | None = None
    for candidate in candidates(text):
        read = _candidate(candidate, known, way)
        if isinstance(read, Pasted):
            return read
        first = first or read
    if calls_a_tool(text):
        return Complaint("it is a call of a tool, not a patch")
    return first or Complaint("it holds no patch and no edit")


def _candidate(text: str, known: Known, way: Way) -> Pasted | Complaint | None:
    """What one reading of the text gives; None where it holds nothing of the kind."""
    if _MAIL.match(text) and (encoded := _ENCODED.search(text[:20_000])):
        return Complaint(f"it is a mail encoded as {encoded['how'].lower()}", "Save the patch itself.")
    lines = text.split("\n")
    loose = bare_patch([line for line in lines if not end(line)], known, whole=False, limit=EDIT_LIMIT, way=way)
    if isinstance(loose, Loose):
        return _loose(loose, _rationale(lines[: loose.start]))
    if loose is not None:
        return loose
    found = scan(text)
    headed = any(block.verb in EDITS for block in found.blocks)
    if found.open_fence and (headed or found.loose or not found.blocks):
        return Complaint(f"the fence opened in its line {found.open_fence} never closes", "Copy all of it.")
    if found.crossed:
        return Complaint(f"the fence opened in its line {found.crossed} holds another one that is as long")
    if headed:
        return _ours(found, known, way)
    loose = fenced(found.loose, known, EDIT_LIMIT, way)
    if isinstance(loose, Loose):
        return _loose(loose, found.rationale)
    if loose is not None:
        return loose
    if found.blocks:
        said = next((_WORDS[block.verb] for block in found.blocks if block.verb in _WORDS), "changes nothing")
        return Complaint(f"it {said}", one_line(found.blocks[0].body, 300))
    words = unified.other_notation([line for line in lines if line][:40])
    return Complaint(f"it is {words}", "Make a unified diff (`diff -u`, `git diff`).") if words else None


def _ours(found: Scan, known: Known, way: Way) -> Pasted | Complaint:
    blocks = [(block, path(block.words["file"])) for block in found.blocks if block.verb in EDITS]
    lost = tuple(
        Lost(block.words["file"], file.at(block.line)) for block, file in blocks if isinstance(file, Complaint)
    )
    made = edits_of([block for block, file in blocks if not isinstance(file, Complaint)], known)
    if isinstance(made, Complaint):
        return made
    if not made.edits:
        return lost[0].why
    headed = len(blocks)
    if any(closing.edits not in (headed, len(lost) + made.places) for closing in found.ends) or len(found.ends) > 1:
        return Complaint(f"its end mark counts edits={found.ends[0].edits}, and {headed} were found", "Copy all of it.")
    notes = () if found.ends else ("The reply has no end mark, so a piece of it may be missing.",)
    back = taken_back(made.edits) if way is Way.BACK else Back(made.edits)
    return Pasted(back.edits, clip(said_beside(found), RATIONALE_LIMIT), notes, back.stuck, lost)


def _loose(loose: Loose, rationale: str) -> Pasted | Complaint:
    if not loose.edits and not loose.stuck and loose.lost:
        return loose.lost[0].why
    if not loose.edits and not loose.stuck:
        what = loose.notes[0].partition(": ")[0] if loose.notes else "its patch changes no line"
        return Complaint(what, "There is nothing in it that can be shown as lines.")
    return Pasted(loose.edits, clip(rationale, RATIONALE_LIMIT), loose.notes, loose.stuck, loose.lost)


def _rationale(lines: Sequence[str]) -> str:
    """The words above a patch; of a mail its subject and its text, of ``git show`` the message."""
    subject = next((found["words"] for line in lines[:60] if (found := _SUBJECT.fullmatch(line))), "")
    if not subject:
        return "\n".join(
            line for line in lines if not line.startswith(("commit ", "Author: ", "Date: ", "diff "))
        ).strip()
    head = next((at for at, line in enumerate(lines) if not line), 0)
    body = list(lines[head:])
    rule = next((at for at, line in enumerate(body) if line == "---"), len(body))
    return f"{subject}\n{chr(10).join(body[:rule])}".strip()
