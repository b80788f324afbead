"""``kill -9`` and errors at every system call that changes the disk: what is found then is wholly old or wholly new.

``python -m tests.hostile.killing [--act ACT]… [--errors]`` prints how many points each act has, and what is broken.
An act is an apply, a restore, a redo, a recovery … over three files: one changed, one with a byte order mark and CRLF
changed, one made in a new folder. With ``--errors`` each call fails instead, with each error, once or from there on.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from beai.core.edits.change import Change, Decision, Receipt, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Recovery, Store
from beai.core.fault import Fault, FaultKind
from tests.hostile.tracing import Strike, Traced, traced, unable

MARKED = "\ufeffb1\r\nb2\r\n"
CHANGE = Change(
    (
        file_change("src/a.ts", "a1\na2\n", "a1\nA2\n"),
        file_change("src/b.ts", MARKED, MARKED.replace("b1", "B1")),
        file_change("src/new/c.ts", None, "c\n"),
    )
)
YES = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in CHANGE.hunks()]
BEFORE = {file.path: file.before.encode() for file in CHANGE.files if file.before is not None}
AFTER = {file.path: file.after.encode() for file in CHANGE.files if file.after is not None}
MODE = 0o755
GONE = Change((file_change("src/a.ts", "a1\na2\n", None), file_change("src/b.ts", MARKED, MARKED.replace("b1", "B1"))))
WITHOUT = {"src/b.ts": AFTER["src/b.ts"]}
HAND = BEFORE | {"src/a.ts": b"by hand\n"}
BROKEN = BEFORE | {"src/a.ts": b"broken\n"}
TWICE = {"src/a.ts": b"A1\nA2\n"}
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT)
WEAKER = errno.EINVAL
"""What a file system without the exchange of two names answers."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is done from a folder as ``prepare`` leaves it, and what the tree may be then.

    ``half`` where ``prepare`` leaves it between the two already, which an error may leave so. ``left`` is what the next
    start may leave, where that is not both.
    """

    prepare: Callable[[Path], None]
    do: Callable[[Store], object]
    old: dict[str, bytes]
    new: dict[str, bytes]
    half: bool = False
    left: tuple[dict[str, bytes], ...] = ()


def store_of(top: Path) -> Store:
    """The store of a prepared folder."""
    return Store(top / "repository", top / "state")


def receipts_of(store: Store) -> list[Receipt]:
    """The receipts of the writes of its past, newest first."""
    past = store.history()
    assert not isinstance(past, Fault), past
    return [one.receipt for one in past]


def _fresh(top: Path) -> None:
    for name, data in BEFORE.items():
        (top / "repository" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "repository" / name).write_bytes(data)
    (top / "repository/src/a.ts").chmod(MODE)


def _applied(top: Path) -> None:
    _fresh(top)
    assert isinstance(store_of(top).apply(CHANGE, YES), Receipt)


def _restored(top: Path) -> None:
    _applied(top)
    store = store_of(top)
    assert isinstance(store.restore(receipts_of(store)), tuple)


def _twice(top: Path) -> None:
    _applied(top)
    again = Change((file_change("src/a.ts", "a1\nA2\n", "A1\nA2\n"),))
    done = store_of(top).apply(again, [Decision(hunk.id, Verdict.ACCEPTED) for hunk in again.hunks()])
    assert isinstance(done, Receipt)


def _removed(top: Path) -> None:
    _fresh(top)
    done = store_of(top).apply(GONE, [Decision(hunk.id, Verdict.ACCEPTED) for hunk in GONE.hunks()])
    assert isinstance(done, Receipt)


def _by_hand(top: Path) -> None:
    _fresh(top)
    (top / "repository/src/a.ts").write_bytes(HAND["src/a.ts"])


def _cut_off(top: Path) -> None:
    """As a kill leaves it after two of three files."""
    _fresh(top)
    seen = traced(lambda: str(store_of(top).apply(CHANGE, YES)), Strike(10**6)).calls
    shutil.rmtree(top / "repository")
    shutil.rmtree(top / "state")
    _fresh(top)
    last = max(number for number, call in enumerate(seen, 1) if call == "renameat2")
    traced(lambda: str(store_of(top).apply(CHANGE, YES)), Strike(last))
    assert tree(top) not in (BEFORE, AFTER)


ACTS = {
    "apply": Act(_fresh, lambda store: store.apply(CHANGE, YES), BEFORE, AFTER),
    "restore": Act(_applied, lambda store: store.restore(receipts_of(store)), AFTER, BEFORE),
    "restore two": Act(_twice, lambda store: store.restore(receipts_of(store)), AFTER | TWICE, BEFORE),
    "redo": Act(_restored, lambda store: store.redo(*receipts_of(store)), BEFORE, AFTER),
    "remove": Act(
        _fresh,
        lambda store: store.apply(GONE, [Decision(hunk.id, Verdict.ACCEPTED) for hunk in GONE.hunks()]),
        BEFORE,
        WITHOUT,
    ),
    "bring back": Act(_removed, lambda store: store.restore(receipts_of(store)), WITHOUT, BEFORE),
    "recover": Act(_cut_off, lambda store: store.recover(), AFTER, BEFORE, True, (BEFORE,)),
    "probe": Act(_fresh, lambda store: store.overwrite("src/a.ts", "broken\n"), BEFORE, BROKEN, left=(BEFORE,)),
    "adopt": Act(_by_hand, lambda store: store.adopt("", {"src/a.ts": BEFORE["src/a.ts"]}, ()), HAND, HAND),
    "remember": Act(_by_hand, lambda store: store.remember("1", ("src/a.ts",)), HAND, HAND),
}


def tree(top: Path) -> dict[str, bytes]:
    """Every file of the repository, whatever its name."""
    root = top / "repository"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def kills(name: str) -> Iterator[tuple[str, str]]:
    """For each call of an act, before it and (a write) in the middle of it: where, and what is wrong after a start."""

    def strikes(at: int, call: str) -> tuple[Strike, ...]:
        return (Strike(at), Strike(at, torn=True)) if call == "write" else (Strike(at),)

    for strike, call, top, _ in _struck(ACTS[name], strikes):
        where = f"{name}, {'in' if strike.torn else 'before'} call {strike.at}, {call}"
        yield where, _wrong_after_start(ACTS[name], top)


def errors(name: str, number: int, lasting: bool) -> Iterator[tuple[str, str]]:
    """For each call of an act, where it fails and what is wrong then: in what was said, in the tree, after a start."""
    act, word = ACTS[name], f"{errno.errorcode[number]}{' from there on' if lasting else ''}"
    for strike, call, top, said in _struck(act, lambda at, _: (Strike(at, -number if lasting else number),)):
        wrong = _wrong_words(act, top, said or "", lasting) or _wrong_after_start(act, top, False)
        yield f"{name}, {word} at call {strike.at}, {call}", wrong


def _struck(
    act: Act, strikes: Callable[[int, str], tuple[Strike, ...]]
) -> Iterator[tuple[Strike, str, Path, str | None]]:
    """Every strike at every call of ``act``, with the folder that it leaves and what was answered."""
    with tempfile.TemporaryDirectory() as folder:
        ready, top = Path(folder) / "ready", Path(folder) / "now"
        ready.mkdir()
        act.prepare(ready)

        def run(strike: Strike) -> Traced:
            shutil.rmtree(top, ignore_errors=True)
            shutil.copytree(ready, top)
            return traced(lambda: _said(act.do(store_of(top))), strike)

        whole = run(Strike(0))
        assert whole.answer and not whole.answer.startswith(("raised", "Fault")), whole.answer
        for at, call in enumerate(whole.calls, 1):
            for strike in strikes(at, call):
                yield strike, call, top, run(strike).answer


def _said(outcome: object) -> str:
    return f"Fault {outcome.kind} {outcome.sentence()}" if isinstance(outcome, Fault) else type(outcome).__name__


def _wrong_words(act: Act, top: Path, said: str, lasting: bool) -> str:
    now = tree(top)
    visible = {path: data for path, data in now.items() if not path.endswith("~")}
    if not said or said.startswith("raised"):
        return f"no answer, but {said!r}"
    if "\n" in said or "Traceback" in said:
        return f"more than a sentence: {said!r}"
    if said.startswith("Fault"):
        if f" {FaultKind.DISK} " not in said:
            return f"another fault: {said}"
        if visible == act.old and not act.half:
            return ""
        if any(data not in (act.old.get(path), act.new.get(path)) for path, data in visible.items()):
            return f"a file is neither old nor new: {said}"
        told = lasting and "start beai again" in said
        return "" if act.half or told else f"half: {said}"
    return "" if visible == act.new else f"said {said}, and it is not so"


def _wrong_after_start(act: Act, top: Path, folders: bool = True) -> str:
    """What is wrong once the next start is through; an empty ``folder`` that could not be removed is no loss."""
    store = store_of(top)
    recovered = store.recover()
    if not isinstance(recovered, Recovery) or recovered.left or recovered.kept:
        return f"recovery says {recovered}"
    now = tree(top)
    if now not in (act.left or (act.old, act.new)):
        return f"neither old nor new: {now}"
    file = top / "repository/src/a.ts"
    if file.exists() and stat.S_IMODE(file.stat().st_mode) != MODE:
        return f"its mode is {file.stat().st_mode:o}"
    if folders and (top / "repository/src/new").exists() != ("src/new/c.ts" in now):
        return "an empty folder lies about"
    if store.recover() != Recovery():
        return "a second recovery finds something"
    if now == HAND:
        return ""
    again = store.apply(CHANGE, YES) if now == BEFORE else store.restore(receipts_of(store))
    if isinstance(again, Fault) or tree(top) != (AFTER if now == BEFORE else BEFORE):
        return f"it cannot go on: {again}"
    return ""


def main(words: list[str]) -> int:
    """Print what was found; 1 where a promise is broken."""
    parser = argparse.ArgumentParser("killing", description=__doc__)
    parser.add_argument("--act", choices=ACTS, action="append")
    parser.add_argument("--errors", action="store_true", help="let calls fail instead")
    parser.add_argument("--error", choices=[errno.errorcode[number] for number in (*ERRORS, WEAKER)], action="append")
    chosen = parser.parse_args(words)
    if why := unable():
        sys.stdout.write(f"skipped: {why}\n")
        return 0
    broken = 0
    for name in chosen.act or ACTS:
        campaigns = {"kill -9": kills(name)}
        if chosen.errors or chosen.error:
            numbers = [
                number
                for number in (*ERRORS, WEAKER)
                if errno.errorcode[number] in (chosen.error or errno.errorcode.values())
            ]
            pairs = [(number, lasting) for number in numbers for lasting in (False, True)]
            campaigns = {
                f"{errno.errorcode[n]}{' on' if lasting else ''}": errors(name, n, lasting) for n, lasting in pairs
            }
        for campaign, found in campaigns.items():
            results = list(found)
            wrong = [(where, what) for where, what in results if what]
            broken += len(wrong)
            sys.stdout.write(f"{name:11} {campaign:11} {len(results):4} points, {len(wrong)} broken\n")
            for where, what in wrong:
                sys.stdout.write(f"    {where}: {what}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
