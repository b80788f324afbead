"""Every key of the screen, in one table that feeds bindings, palette, help, footer and README."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Place(StrEnum):
    """Where, or in what situation, a key means something."""

    ANYWHERE = "anywhere"
    WORKBENCH = "on the workbench"
    REVIEW = "in a review"
    CYCLE = "in red, green, refactor"
    WAIVABLE = "in refactor and record"
    FAULT = "after something failed"
    WRITTEN = "after a write"
    PUT_BACK = "after files were put back"
    PUT_OFF = "while a question is put off"
    MADE = "after a commit"
    STALE = "while the Prisma client is stale"
    HANDOUT = "while a prompt waits for a chat"
    CASES = "in the list of cases"
    QUESTION = "in a question"
    COMMIT = "in the commit"
    TESTS = "in the tests"
    ALONE = "in beai review"
    REPLAY = "in beai replay"


class Group(StrEnum):
    """The headings of the help screen, in order."""

    DECIDE = "Decide"
    MOVE = "Move"
    LOOK = "Look"
    STEER = "Steer"
    SCREEN = "Screen"
    CASES = "Cases"
    QUESTION = "Question"
    COMMIT = "Commit"
    TESTS = "Tests"
    ALONE = "beai review"
    REPLAY = "beai replay"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing the keyboard can do; ``keys`` are Textual key names, ``decides`` marks what the guard holds back."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: Group
    place: Place
    decides: bool = False

    @property
    def shown(self) -> str:
        """The keys as a person reads them."""
        return " ".join(key.replace("escape", "esc") for key in self.keys)


KEYS: tuple[Key, ...] = (
    Key("accept", ("y", "space"), "accept", "Accept this hunk.", Group.DECIDE, Place.REVIEW, True),
    Key("reject", ("n",), "reject", "Reject this hunk; a reason is optional.", Group.DECIDE, Place.REVIEW, True),
    Key("accept_file", ("a",), "rest of file", "Accept the rest of this file.", Group.DECIDE, Place.REVIEW, True),
    Key("reject_file", ("d",), "rest of file", "Reject the rest of this file.", Group.DECIDE, Place.REVIEW, True),
    Key("edit", ("e",), "edit", "Edit this hunk's new text in $EDITOR and accept it.", Group.DECIDE, Place.REVIEW),
    Key("comment", ("c",), "comment", "Comment on this hunk or line, for the suggester.", Group.DECIDE, Place.REVIEW),
    Key("split", ("s",), "split", "Split off the chosen lines, else the first part.", Group.DECIDE, Place.REVIEW),
    Key("lines", ("v",), "lines", "Choose lines of this hunk; y n s c then mean those.", Group.DECIDE, Place.REVIEW),
    Key("undo", ("u",), "undo", "Take the last act of the review back, whole.", Group.DECIDE, Place.REVIEW),
    Key("next", ("enter",), "next", "Do the one next step, as the line says.", Group.DECIDE, Place.WORKBENCH, True),
    Key("hunk_down", ("j",), "hunk", "Next hunk.", Group.MOVE, Place.REVIEW),
    Key("hunk_up", ("k",), "hunk", "Previous hunk.", Group.MOVE, Place.REVIEW),
    Key("undecided_down", ("J",), "undecided", "Next undecided hunk.", Group.MOVE, Place.REVIEW),
    Key("undecided_up", ("K",), "undecided", "Previous undecided hunk.", Group.MOVE, Place.REVIEW),
    Key("file_up", ("[",), "file", "Previous file.", Group.MOVE, Place.REVIEW),
    Key("file_down", ("]",), "file", "Next file.", Group.MOVE, Place.REVIEW),
    Key("edit_inside", ("i",), "edit here", "Edit this hunk's new text without leaving.", Group.DECIDE, Place.REVIEW),
    Key("files", ("l",), "files", "List the files with their counters, and go to one.", Group.LOOK, Place.REVIEW),
    Key("find", ("/",), "find", "Look for words in what is shown; esc ends it.", Group.LOOK, Place.REVIEW),
    Key("match_down", (".",), "match", "Next line that holds the words.", Group.LOOK, Place.REVIEW),
    Key("match_up", (",",), "match", "Previous line that holds the words.", Group.LOOK, Place.REVIEW),
    Key("less", ("{",), "context", "Show fewer lines around the hunks.", Group.LOOK, Place.REVIEW),
    Key("more", ("}",), "context", "Show more lines around the hunks, at last all.", Group.LOOK, Place.REVIEW),
    Key("columns", ("|",), "side by side", "Old and new side by side, and back.", Group.LOOK, Place.REVIEW),
    Key("white", ("w",), "white space", "Leave white space out of the marks, or mark it.", Group.LOOK, Place.REVIEW),
    Key("basis", ("o",), "rule", "Open the words of the rules and findings of this hunk.", Group.LOOK, Place.REVIEW),
    Key("copy", ("Y",), "copy", "Copy this hunk's new text to the clipboard.", Group.LOOK, Place.REVIEW),
    Key("copy_patch", ("ctrl+y",), "copy patch", "Copy this hunk as a patch.", Group.LOOK, Place.REVIEW),
    Key("take_reply", ("C",), "take answer", "Take the chat's answer from the clipboard.", Group.STEER, Place.HANDOUT),
    Key("copy_prompt", ("p",), "copy prompt", "Copy the prompt for the chat again.", Group.STEER, Place.HANDOUT),
    Key("save_prompt", ("F",), "save prompt", "Save the prompt in a file of yours.", Group.STEER, Place.HANDOUT),
    Key("guide", ("g",), "guide", "Tell the suggester something, or see its question.", Group.STEER, Place.WORKBENCH),
    Key("put_off", ("Q",), "put off", "Answer a question that you put off.", Group.STEER, Place.PUT_OFF),
    Key("interrupt", ("ctrl+g",), "stop", "Interrupt what is under way.", Group.STEER, Place.ANYWHERE),
    Key("by_hand", ("h",), "by hand", "Do this step yourself, in your own editor.", Group.STEER, Place.CYCLE, True),
    Key("rerun", ("r",), "rerun", "Run the affected tests again.", Group.STEER, Place.WORKBENCH),
    Key("rerun_all", ("R",), "run all", "Run every test of the package.", Group.STEER, Place.WORKBENCH),
    Key("retry", ("t",), "retry", "Try the failed step again.", Group.STEER, Place.FAULT),
    Key("undo_write", ("U",), "unwrite", "Take the last write back to its review.", Group.STEER, Place.WRITTEN, True),
    Key("redo_write", ("W",), "write again", "Write what was put back again.", Group.STEER, Place.PUT_BACK, True),
    Key("undo_commit", ("B",), "uncommit", "Take the last commit back; its work stays.", Group.STEER, Place.MADE, True),
    Key("generate", ("P",), "generate", "Generate the Prisma client; touches no database.", Group.STEER, Place.STALE),
    Key("skip", ("x",), "skip", "Leave this step out, with a reason.", Group.STEER, Place.WAIVABLE, True),
    Key("sending", ("S",), "sent", "Show what will be sent to whom, part by part.", Group.STEER, Place.WORKBENCH),
    Key("switch", ("M",), "who", "Choose who is asked: drafter, a model, a chat.", Group.STEER, Place.WORKBENCH),
    Key("lights", ("L",), "lights", "Open the five lights, each to its evidence.", Group.SCREEN, Place.WORKBENCH),
    Key("pane_1", ("1",), "task", "Go to the task.", Group.SCREEN, Place.WORKBENCH),
    Key("pane_2", ("2",), "context", "Go to the context.", Group.SCREEN, Place.WORKBENCH),
    Key("pane_3", ("3",), "review", "Go to the review.", Group.SCREEN, Place.WORKBENCH),
    Key("pane_4", ("4",), "tests", "Go to the tests.", Group.SCREEN, Place.WORKBENCH),
    Key("zoom", ("z",), "zoom", "Give the whole screen to one pane, and back.", Group.SCREEN, Place.WORKBENCH),
    Key("palette", ("ctrl+p",), "commands", "Search every command, theme and task.", Group.SCREEN, Place.ANYWHERE),
    Key("help", ("?",), "keys", "Show these keys.", Group.SCREEN, Place.WORKBENCH),
    Key("close", ("escape",), "close", "Close what lies on top; decides nothing.", Group.SCREEN, Place.ANYWHERE),
    Key("quit", ("ctrl+q",), "quit", "Leave; the task is resumed next time.", Group.SCREEN, Place.ANYWHERE),
    Key("case_toggle", ("space",), "on", "Switch the case on or off.", Group.CASES, Place.CASES, True),
    Key("case_edit", ("e",), "edit", "Reword the case.", Group.CASES, Place.CASES),
    Key("case_add", ("+",), "add", "Add a case of your own.", Group.CASES, Place.CASES),
    Key("case_bind", ("b",), "bind", "Bind a case to criteria, by their numbers.", Group.CASES, Place.CASES),
    Key("case_waive", ("x",), "waive", "Say why a point is left out.", Group.CASES, Place.CASES),
    Key("case_approve", ("enter",), "approve", "Approve the cases that are on.", Group.CASES, Place.CASES, True),
    Key("option_pick", tuple("123456789"), "pick", "Answer with that option.", Group.QUESTION, Place.QUESTION, True),
    Key("option_words", ("tab",), "own words", "Answer in your own words.", Group.QUESTION, Place.QUESTION),
    Key("option_enter", ("enter",), "answer", "Answer with the marked option.", Group.QUESTION, Place.QUESTION, True),
    Key("option_other", ("M",), "who", "Choose another one, who is asked instead.", Group.QUESTION, Place.QUESTION),
    Key("question_next", ("n", "right"), "other", "Go to the next question of a page.", Group.QUESTION, Place.QUESTION),
    Key("question_previous", ("p", "left"), "back", "Go to the one before it.", Group.QUESTION, Place.QUESTION),
    Key("question_scope", ("s",), "reach", "It holds for task, sprint, project.", Group.QUESTION, Place.QUESTION),
    Key("commit_confirm", ("enter", "ctrl+s"), "commit", "Make the commit as shown.", Group.COMMIT, Place.COMMIT, True),
    Key("commit_edit", ("e",), "edit", "Edit the commit message.", Group.COMMIT, Place.COMMIT),
    Key("commit_pick", ("space",), "in/out", "Take the file or hunk in, or leave it out.", Group.COMMIT, Place.COMMIT),
    Key("commit_hunks", ("v",), "hunks", "Show or fold the hunks of the file at hand.", Group.COMMIT, Place.COMMIT),
    Key("commit_take", ("a",), "mine in", "Take your own edits in that file in.", Group.COMMIT, Place.COMMIT, True),
    Key("commit_decline", ("D",), "decline", "Decline it; the work stays.", Group.COMMIT, Place.COMMIT, True),
    Key("test_open", ("enter", "space"), "open", "Tell all of the test at hand, or fold it.", Group.TESTS, Place.TESTS),
    Key("test_edit", ("e",), "edit", "Open the test at its line in $EDITOR.", Group.TESTS, Place.TESTS),
    Key("test_rerun", ("r",), "rerun", "Run the test at hand again, and only it.", Group.TESTS, Place.TESTS),
    Key("tests_failed", ("f",), "run failed", "Run the files again in which a test fails.", Group.TESTS, Place.TESTS),
    Key("tests_all", ("a",), "run all", "Run every test of the package.", Group.TESTS, Place.TESTS),
    Key("tests_find", ("/",), "filter", "Show only tests whose name or file holds words.", Group.TESTS, Place.TESTS),
    Key("tests_name", ("t",), "run by name", "Filter by name, and run those on enter.", Group.TESTS, Place.TESTS),
    Key("tests_file", ("p",), "run by file", "Filter by file, and run those on enter.", Group.TESTS, Place.TESTS),
    Key("test_output", ("o",), "output", "Show what the test at hand printed, or fold it.", Group.TESTS, Place.TESTS),
    Key("test_down", ("j", "down"), "test", "Next test.", Group.TESTS, Place.TESTS),
    Key("test_up", ("k", "up"), "test", "Previous test.", Group.TESTS, Place.TESTS),
    Key("test_first", ("home",), "first", "First test.", Group.TESTS, Place.TESTS),
    Key("test_last", ("end",), "last", "Last test.", Group.TESTS, Place.TESTS),
    Key("tests_update", ("u",), "snapshots", "Say why no snapshot is updated from here.", Group.TESTS, Place.TESTS),
    Key("tests_leave", ("q",), "leave", "Go back to the review.", Group.TESTS, Place.TESTS),
    Key("finish", ("enter",), "apply", "Write what you accepted, or seek the rest.", Group.ALONE, Place.ALONE, True),
    Key("unplaced", ("m",), "not placed", "Show the edits that found no place here.", Group.ALONE, Place.ALONE),
    Key("feedback", ("F",), "feedback", "Copy your verdicts in words, to be pasted.", Group.ALONE, Place.ALONE),
    Key("alone_help", ("?",), "keys", "Show these keys.", Group.ALONE, Place.ALONE),
    Key("replay_play", ("space",), "play", "Play on by itself, or pause.", Group.REPLAY, Place.REPLAY),
    Key("replay_on", ("right",), "event", "One event on.", Group.REPLAY, Place.REPLAY),
    Key("replay_back", ("left",), "event", "One event back.", Group.REPLAY, Place.REPLAY),
    Key("replay_down", ("down",), "decision", "On to the next decision or phase.", Group.REPLAY, Place.REPLAY),
    Key("replay_up", ("up",), "decision", "Back to the last decision or phase.", Group.REPLAY, Place.REPLAY),
    Key("replay_first", ("home",), "first", "To before the first event.", Group.REPLAY, Place.REPLAY),
    Key("replay_last", ("end",), "last", "To the last event.", Group.REPLAY, Place.REPLAY),
    Key("replay_speed", tuple("123456789"), "speed", "How fast it plays.", Group.REPLAY, Place.REPLAY),
    Key("replay_find", ("/",), "find", "On to the next event told in these words.", Group.REPLAY, Place.REPLAY),
    Key("replay_match", (".",), "match", "On to the next event of the same words.", Group.REPLAY, Place.REPLAY),
    Key("replay_pane", ("tab",), "pane", "Go to the next pane.", Group.REPLAY, Place.REPLAY),
    Key("replay_zoom", ("z",), "zoom", "Only the pane at hand, and back.", Group.REPLAY, Place.REPLAY),
    Key("replay_help", ("?",), "keys", "Show these keys.", Group.REPLAY, Place.REPLAY),
    Key("replay_quit", ("q",), "quit", "Leave; nothing was changed.", Group.REPLAY, Place.REPLAY),
)  # fmt: skip

_BY_ID = {key.id: key for key in KEYS}
_OWN = frozenset({"palette", "quit", "close"})  # Textual binds the first two itself, and each overlay binds esc


def key(id: str) -> Key:
    """The key with this id; KeyError where there is none."""
    return _BY_ID[id]


def at(*places: Place) -> tuple[Key, ...]:
    """The keys that mean something in any of ``places``, in the table's order."""
    return tuple(key for key in KEYS if key.place in places)


def bindings(*places: Place) -> list[BindingType]:
    """Textual bindings for ``places``; each calls ``action_perform(id, key)``, and a keymap can move it by its id."""
    return [
        Binding(
            "comma" if one == "," else one,  # a comma parts keys
            f"perform('{key.id}', '{one}')",
            key.label,
            show=False,
            priority=key.id == "interrupt",
            id=f"{key.id}.{n}",
        )
        for key in at(*places)
        if key.id not in _OWN
        for n, one in enumerate(key.keys)
    ]


_TAIL = ("help", "zoom", "quit")
DONE_TAIL = ("lights", *_TAIL)
"""What the line at the bottom ends with where the task is done."""


def footer(places: Collection[Place], first: str = "", tail: Collection[str] = _TAIL) -> tuple[tuple[str, str], ...]:
    """Key and label pairs for the line at the bottom, those of the situation before those of the screen."""
    pairs: dict[str, list[str]] = {}
    here = [key for key in KEYS if key.place in places and key.group is not Group.SCREEN and key.id not in tail]
    wanted = here + [_BY_ID[id] for id in tail]
    for one in wanted:
        label = first if one.id in ("next", "finish") and first else one.label
        shown = "1–9" if len(one.keys) == 9 else one.keys[0].replace("escape", "esc")
        pairs.setdefault(label, []).append(shown)
    return tuple((" ".join(keys), label) for label, keys in pairs.items())


def table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = [f"| {_code(key)} | {key.help} | {key.place} |" for key in KEYS]
    return "\n".join(["| key | what it does | where |", "|---|---|---|", *rows])


def _code(key: Key) -> str:
    if len(key.keys) == 9:
        return "`1`–`9`"
    return " ".join(f"`{one.replace('escape', 'esc')}`" for one in key.keys)


if __name__ == "__main__":
    import sys

    sys.stdout.write(table() + "\n")
