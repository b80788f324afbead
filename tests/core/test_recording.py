"""A session is recorded to a file and answered from it: in the same context, in the same words, or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.edits.change import AddImport, WholeFile
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Suggest
from beai.core.loop.events.facts import Failed
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.ports import Suggester
from beai.core.loop.suggesting import suggest
from beai.core.project.facts import RuleFile
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import (
    Answer,
    BeyondMe,
    CaseIdea,
    CaseKind,
    Feedback,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
    Source,
    SourceRole,
)
from beai.core.suggest.local import Drafter
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.progress import Grew, Noted, Progress, Spending
from beai.core.suggest.recording import Recording, Replay
from beai.core.suggest.recording.entry import LINE_LIMIT, Entry, entry_of, line_of
from beai.core.suggest.recording.pace import LONGEST, frames
from beai.core.suggest.recording.stamp import stamped
from beai.core.suggest.recording.tape import Writing, load
from beai.core.suggest.reply import parse
from tests.core.asks import asks, request_of
from tests.core.contracts.suggester import SuggesterContract
from tests.core.test_project_trees import shop
from tests.core.test_prompts import REQUEST
from tests.core.worlds import TASK, TEST_FILE, World

CASES = replace(REQUEST, purpose=Purpose.CASES, case_id="", case=None, cases=())
SAID = """Two cases.

### cases
- [happy path] adds once (criterion: 1)
- [edge case] refuses

### end {} edits=0 cases=2
"""
EDIT = 'An import.\n\n### import in src/cart.ts\n```ts\nimport {{ z }} from "zod";\n```\n\n### end {} edits=1 cases=0\n'
KEY = "sk-ant-api03-abcdefghij0123456789klmnop"


@dataclass
class Speaking:
    """A model that answers each request with the next text, in pieces, and tells what that cost."""

    texts: list[str]
    name: str = "openai/scripted"
    asked: list[Request] = field(default_factory=list)
    closed: bool = False

    async def start(self) -> Fault | None:
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        self.asked.append(request)
        text = self.texts.pop(0).format(request.nonce)
        for end in range(7, len(text) + 7, 7):
            tell(Grew(text[:end]))
        tell(Spending(self.name, request.purpose.value, tokens_in=10, tokens_out=5, cost=0.01))
        return parse(text, request)

    async def close(self) -> None:
        self.closed = True


def recording(inner: Suggester, path: Path, prompts: bool = False) -> Recording:
    made = Recording.open(inner, path, prompts)
    assert isinstance(made, Recording), made
    return made


def replay(path: Path, anyway: bool = False, pace: float = 0.0, beside: Suggester | None = None) -> Replay:
    made = Replay.open(path, anyway, pace, beside)
    assert isinstance(made, Replay), made
    return made


async def recorded(path: Path, inner: Suggester, *requests: Request) -> list[Reply | Fault]:
    taken = recording(inner, path)
    try:
        return [await taken.suggest(request, ignore) for request in requests]
    finally:
        await taken.close()


def ignore(told: Progress) -> None:
    """Nobody listens."""


def entries(path: Path) -> tuple[Entry, ...]:
    tape = load(path)
    assert not isinstance(tape, Fault), tape
    return tape.entries


@cache
def demo_cases() -> Request:
    return request_of(shop(), "BE-S3-002", Purpose.CASES)


class TestRecordingContract(SuggesterContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.tmp = tmp_path

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Suggester]:
        taken = recording(Drafter(), self.tmp / "r.jsonl")
        yield taken
        await taken.close()

    def request(self) -> Request:
        return demo_cases()


class TestReplayContract(SuggesterContract):
    """Each purpose is answered anyway, so that something is answered; what does not fit is a fault."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.tmp = tmp_path

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Suggester]:
        path = self.tmp / "r.jsonl"
        if not path.exists():
            await recorded(path, Drafter(), self.request())
        taken = replay(path, pace=1.0)
        yield taken
        await taken.close()

    def request(self) -> Request:
        return demo_cases()


async def test_what_the_drafter_said_is_replayed_word_for_word(tmp_path: Path) -> None:
    requests = list(islice(asks(shop(), "BE-S3-001"), 3))
    said = await recorded(tmp_path / "r", Drafter(), *requests)
    taken = replay(tmp_path / "r")
    again = [await taken.suggest(replace(request, nonce="other123"), ignore) for request in requests]
    assert len(said) == 3 and again == said


async def test_a_text_is_read_again_with_the_word_of_the_present_request(tmp_path: Path) -> None:
    asked = replace(REQUEST, nonce="aaaa1111")
    (said,) = await recorded(tmp_path / "r", Speaking([EDIT]), asked)
    told: list[Progress] = []
    now = await replay(tmp_path / "r", pace=1.0).suggest(replace(asked, nonce="bbbb2222"), told.append)
    assert now == said == ProposeEdits((AddImport("src/cart.ts", 'import { z } from "zod";'),), "An import.")
    grown = [each.text for each in told if isinstance(each, Grew)]
    assert grown[-1] == EDIT.format("bbbb2222") and not any("aaaa1111" in text for text in grown)
    assert not any(isinstance(each, Spending) for each in told)


async def test_a_text_that_somebody_changed_in_the_file_is_read_as_it_stands_there(tmp_path: Path) -> None:
    await recorded(tmp_path / "r", Speaking([EDIT]), REQUEST)
    (entry,) = entries(tmp_path / "r")
    told = replace(entry, stream=((0, 0, entry.text.replace("edits=1", "edits=2")),))
    (tmp_path / "r").write_text(GOOD + line_of(told))
    reply = await replay(tmp_path / "r").suggest(REQUEST, ignore)
    assert isinstance(reply, Fault) and "its end mark counts" in reply.summary


async def test_the_order_may_differ_and_a_step_back_is_answered_again(tmp_path: Path) -> None:
    second = replace(REQUEST, case_id="C3")
    await recorded(tmp_path / "r", FakeSuggester([NothingToDo("one"), NothingToDo("two")]), REQUEST, second)
    taken = replay(tmp_path / "r")
    said = [await taken.suggest(each, ignore) for each in (second, REQUEST, REQUEST, second)]
    assert said == [NothingToDo("two"), NothingToDo("one"), NothingToDo("one"), NothingToDo("two")]


async def test_the_same_question_asked_twice_has_both_answers_in_their_order(tmp_path: Path) -> None:
    fault = Fault(FaultKind.NETWORK, "It is out of reach.", "refused", "t tries again.")
    await recorded(tmp_path / "r", FakeSuggester([fault, NothingToDo("then")]), REQUEST, REQUEST)
    taken = replay(tmp_path / "r")
    assert [await taken.suggest(REQUEST, ignore) for _ in range(2)] == [fault, NothingToDo("then")]


RULE = RuleFile(".cursor/rules/tdd.mdc", "tdd", always=True, text="Test last.")
CHANGED: dict[str, tuple[Request, str]] = {
    "a file": (replace(REQUEST, sources=(Source("src/cart.ts", "export const a = 2;\n"),)), "src/cart.ts changed"),
    "a new file": (replace(REQUEST, sources=(*REQUEST.sources, Source("b.ts", "1;\n"))), "b.ts is new"),
    "no file": (replace(REQUEST, sources=()), "src/cart.ts is gone"),
    "a rule": (replace(REQUEST, project=replace(REQUEST.project, rules=(RULE,))), "rule @tdd differs"),
    "the task": (replace(REQUEST, task=replace(REQUEST.task, text="Other")), "task BE-S3-002 changed"),
    "an answer": (replace(REQUEST, answers=(Answer("a", 0, "b"),)), "answers is new"),
    "feedback": (replace(REQUEST, feedback=(Feedback(said="no"),)), "attempts is new"),
    "a run": (replace(REQUEST, failing="expected 2"), "failing output is new"),
    "the schema": (
        replace(REQUEST, project=replace(REQUEST.project, schema=replace(REQUEST.project.schema, models=()))),  # type: ignore[type-var]
        "schema is gone",
    ),
}


@pytest.mark.parametrize("what", CHANGED)
async def test_another_context_is_refused_and_what_differs_is_named(what: str, tmp_path: Path) -> None:
    await recorded(tmp_path / "r.jsonl", FakeSuggester([NothingToDo("fine")]), REQUEST)
    changed, words = CHANGED[what]
    refused = await replay(tmp_path / "r.jsonl").suggest(changed, ignore)
    assert isinstance(refused, Fault) and refused.kind is FaultKind.REFUSED
    assert refused.summary.startswith("r.jsonl was made of another context: ") and words in refused.summary
    assert "--replay-anyway" in refused.remedy and "\n" not in refused.sentence()
    told: list[Progress] = []
    assert await replay(tmp_path / "r.jsonl", anyway=True).suggest(changed, told.append) == NothingToDo("fine")
    assert any(isinstance(each, Noted) and words in each.words for each in told)


async def test_anyway_takes_the_next_answer_for_the_purpose_and_the_case_and_ends(tmp_path: Path) -> None:
    other = replace(REQUEST, case_id="C9")
    said = [NothingToDo("C2"), NothingToDo("C9"), NothingToDo("C2 again")]
    await recorded(tmp_path / "r", FakeSuggester(list(said)), REQUEST, other, replace(REQUEST, failing="1"))
    taken = replay(tmp_path / "r", anyway=True)
    changed = replace(REQUEST, sources=())
    assert [await taken.suggest(changed, ignore) for _ in range(2)] == [said[0], said[2]]
    ended = await taken.suggest(changed, ignore)
    assert isinstance(ended, Fault) and "holds no more replies for code C2 of BE-S3-002" in ended.summary


async def test_what_is_not_in_it_is_said(tmp_path: Path) -> None:
    await recorded(tmp_path / "r", FakeSuggester([NothingToDo("fine")]), REQUEST)
    missing = await replay(tmp_path / "r").suggest(CASES, ignore)
    assert isinstance(missing, Fault) and missing.summary == "r holds no reply for cases of BE-S3-002."


PRINTED = "FAIL {}/src/cart.test.ts:4 {}\n  expected 1 at {}, {}\n"


def test_what_is_random_or_of_one_computer_is_no_difference() -> None:
    here = PRINTED.format("/home/ann/shop", "12ms", "http://localhost:40123", "12:30:01")
    there = PRINTED.format("/Users/bob/work/the-shop", "1.5 s", "http://localhost:9000", "23:00:59")
    one, other = (
        stamped(replace(REQUEST, failing=text, feedback=(Feedback(outcome=text),), nonce=nonce))[0]
        for text, nonce in ((here, "1"), (there, "2"))
    )
    assert one == other
    assert one != stamped(replace(REQUEST, failing=here.replace("expected 1", "expected 2")))[0]


def test_a_number_in_a_file_is_a_difference() -> None:
    one, other = (
        stamped(replace(REQUEST, sources=(Source("a.ts", f"wait({text});\n"),)))[0] for text in ("'5ms'", "'6ms'")
    )
    assert one != other


async def test_a_file_that_the_drafter_alone_reads_counts_for_a_draft_and_not_for_a_model(tmp_path: Path) -> None:
    sibling = Source("src/other.ts", "export const b = 1;\n", SourceRole.SIBLING)
    before, after = (
        replace(REQUEST, sources=(*REQUEST.sources, one)) for one in (sibling, replace(sibling, text="2;\n"))
    )
    await recorded(tmp_path / "draft", FakeSuggester(answer=lambda _: NothingToDo("fine")), before)
    lines = (tmp_path / "draft").read_text().splitlines()
    entry = replace(entry_of(lines[1]), stream=())
    drafted = replace(entry, fingerprint=entry.stamp.whole(drafted=True))
    (tmp_path / "draft").write_text(f"{lines[0]}\n{line_of(drafted)}")
    await recorded(tmp_path / "model", Speaking([EDIT]), before)
    refused = await replay(tmp_path / "draft").suggest(after, ignore)
    assert isinstance(refused, Fault) and "src/other.ts changed" in refused.summary
    assert isinstance(await replay(tmp_path / "model").suggest(after, ignore), ProposeEdits)


async def test_a_hunk_of_the_text_comes_in_like_the_first_time_at_a_chosen_pace(tmp_path: Path) -> None:
    stream = ((500, 0, "a"), (10, 1, "b"), (5, 1, "c"), (100, 1, "d"), (0, 0, "x"), (40, 1, "y"))
    assert list(frames(stream, 1.0)) == [(0.5, "a"), (pytest.approx(0.115), "abcd"), (0.04, "xy")]
    assert next(frames(stream, 2.0)) == (0.25, "a")
    assert list(frames(stream, 0.0)) == [(0.0, "xy")]
    assert list(frames((), 1.0)) == []


@given(
    st.lists(st.tuples(st.integers(-(10**30), 10**30), st.integers(0, 1), st.text(max_size=3)), max_size=40),
    st.floats(0, 10),
)
def test_however_a_stream_was_recorded_it_ends_in_its_text_within_its_time(
    stream: list[tuple[int, int, str]], pace: float
) -> None:
    found = list(frames(tuple(stream), pace))
    whole = ""
    for _, goes_on, piece in stream:
        whole = whole + piece if goes_on else piece
    assert [text for _, text in found][-1:] == ([whole] if whole else [])
    assert sum(wait for wait, _ in found) <= LONGEST + 0.01
    assert all(wait >= 0 for wait, _ in found)


class TestFile:
    async def test_it_is_for_its_owner_alone_and_goes_on_where_it_was(self, tmp_path: Path) -> None:
        path = tmp_path / "r"
        await recorded(path, FakeSuggester([NothingToDo("one")]), REQUEST)
        path.chmod(0o644)
        await recorded(path, FakeSuggester([NothingToDo("two")]), REQUEST)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [(each.round, each.answer) for each in entries(path)] == [
            (1, NothingToDo("one")),
            (2, NothingToDo("two")),
        ]

    async def test_a_line_says_who_answered_when_and_at_what_cost(self, tmp_path: Path) -> None:
        await recorded(tmp_path / "r", Speaking([SAID]), CASES)
        head, line = map(json.loads, (tmp_path / "r").read_text().splitlines())
        assert head["recording"] == 1 and head["began"].endswith("+00:00") and head["beai"]
        assert (line["purpose"], line["task"], line["case"], line["by"]) == (
            "cases",
            "BE-S3-002",
            "",
            "openai/scripted",
        )
        assert line["spent"][0]["cost"] == 0.01 and line["parsed"] is True
        assert "".join(text for _, _, text in line["stream"]) == SAID.format("k7f3")

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.999])
    async def test_a_file_that_was_cut_off_anywhere_replays_up_to_there(self, share: float, tmp_path: Path) -> None:
        path, second = tmp_path / "r", replace(REQUEST, case_id="C3")
        await recorded(path, FakeSuggester([NothingToDo("one"), NothingToDo("two")]), REQUEST, second)
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:2]) + lines[2][: int(len(lines[2]) * share)])
        taken = replay(path)
        assert await taken.suggest(REQUEST, ignore) == NothingToDo("one")
        missing = await taken.suggest(second, ignore)
        assert isinstance(missing, Fault) and "Its end is missing." in missing.summary
        await recorded(path, FakeSuggester([NothingToDo("new")]), second)
        assert [each.answer for each in entries(path)] == [NothingToDo("one"), NothingToDo("new")]

    async def test_what_is_no_recording_is_left_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine\n")
        refused = Recording.open(Drafter(), tmp_path / "notes.txt")
        assert isinstance(refused, Fault) and "is no recording of beai" in refused.summary
        assert (tmp_path / "notes.txt").read_text() == "mine\n"

    async def test_a_recording_is_of_one_session(self, tmp_path: Path) -> None:
        path = tmp_path / "r"
        for session in ("none was asked", "first", "first"):
            taken = Recording.open(FakeSuggester([NothingToDo("said")]), path, session=session)
            assert isinstance(taken, Recording), taken
            if session == "first":
                await taken.suggest(REQUEST, ignore)
            await taken.close()
        kept = path.read_bytes()
        other = Recording.open(Drafter(), path, session="second")
        assert isinstance(other, Fault) and "is the recording of another session" in other.summary
        assert path.read_bytes() == kept and len(entries(path)) == 2

    async def test_two_do_not_record_into_one_file(self, tmp_path: Path) -> None:
        first = recording(Drafter(), tmp_path / "r")
        second = Recording.open(Drafter(), tmp_path / "r")
        await first.close()
        assert isinstance(second, Fault) and "Another beai records" in second.summary

    async def test_a_folder_or_a_place_that_is_not_there_is_one_sentence(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "none" / "r"):
            for fault in (Recording.open(Drafter(), path), Replay.open(path)):
                assert isinstance(fault, Fault) and fault.sentence().count("\n") == 0 and fault.summary.endswith(".")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
    async def test_a_full_disk_ends_the_recording_and_not_the_session(self, tmp_path: Path) -> None:
        file = Writing(tmp_path / "r", os.open("/dev/full", os.O_RDWR), 0, ())
        taken = Recording(FakeSuggester(answer=lambda _: NothingToDo("fine")), file)
        told: list[Progress] = []
        assert await taken.suggest(REQUEST, told.append) == NothingToDo("fine")
        assert any(isinstance(each, Noted) and "What follows is not recorded." in each.words for each in told)
        await taken.close()

    async def test_a_request_that_was_stopped_is_kept_and_never_taken_for_an_answer(self, tmp_path: Path) -> None:
        inner = FakeSuggester([NothingToDo("fine")], hold=asyncio.Event())
        taken = recording(inner, tmp_path / "r")
        heard = asyncio.Event()
        waiting = asyncio.create_task(taken.suggest(REQUEST, lambda _: heard.set()))
        await heard.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        inner.hold = None
        await taken.suggest(REQUEST, ignore)
        await taken.close()
        stopped, answered = entries(tmp_path / "r")
        assert isinstance(stopped.answer, Fault) and stopped.answer.kind is FaultKind.CANCELLED
        assert stopped.text == "…" and answered.answer == NothingToDo("fine")
        assert await replay(tmp_path / "r").suggest(REQUEST, ignore) == NothingToDo("fine")


class TestSecrets:
    async def test_no_key_is_in_the_file_wherever_it_was_said(self, tmp_path: Path) -> None:
        text = EDIT.replace("An import.", f"The key is {KEY}.")
        asked = replace(REQUEST, sources=(Source("src/cart.ts", f"const a = '{KEY}';\n"),), failing=KEY)
        fault = Fault(FaultKind.MODEL, f"refused {KEY}", f"header: {KEY}")
        for inner in (Speaking([text]), FakeSuggester([fault]), FakeSuggester([NothingToDo(f"a\n{KEY}")])):
            taken = recording(inner, tmp_path / "r", prompts=True)
            await taken.suggest(asked, ignore)
            await taken.close()
        held = (tmp_path / "r").read_text()
        assert KEY not in "".join(text for each in entries(tmp_path / "r") for _, _, text in each.stream)
        assert KEY not in held and "[masked by beai]" in held and [each.masked > 0 for each in entries(tmp_path / "r")]

    async def test_no_value_of_an_environment_file_is_in_it_though_it_looks_like_none(self, tmp_path: Path) -> None:
        asked = replace(REQUEST, secrets=(Secret("DB_PASSWORD", "correct horse battery"),))
        said = FakeSuggester([NothingToDo("it is correct horse battery")])
        taken = recording(said, tmp_path / "r", prompts=True)
        await taken.suggest(asked, ignore)
        await taken.close()
        assert "horse" not in (tmp_path / "r").read_text()

    async def test_what_was_asked_is_in_it_only_where_that_is_wanted(self, tmp_path: Path) -> None:
        await recorded(tmp_path / "r", FakeSuggester([NothingToDo("fine")]), REQUEST)
        assert "Build `wishlist" not in (tmp_path / "r").read_text()
        taken = recording(FakeSuggester([NothingToDo("fine")]), tmp_path / "with", prompts=True)
        await taken.suggest(REQUEST, ignore)
        await taken.close()
        assert "Build `wishlist" in entries(tmp_path / "with")[0].prompt[1]


GOOD = '{"recording":1,"began":"","beai":"0.1.0"}\n'
FILES = {
    "empty": b"",
    "not JSON": b"hello\n",
    "no head": b'{"purpose":"code"}\n',
    "other JSON": b"[1,2,3]\n",
    "null": b"null\n",
    "deep": b"[" * 400_000 + b"\n",
    "no UTF-8": b"\xff\xfe\x00\n",
    "a head alone, cut": b'{"recording":1',
    "another form": b'{"recording":99,"began":"","beai":"9.0"}\n',
    "a number too large": b'{"recording":1e999,"began":"","beai":"9.0"}\n',
    "a long line": b"x" * 5_000_000 + b"\n",
    "a long line without an end": b"x" * 5_000_000,
    "an entry that is none": GOOD.encode() + b'{"purpose":"code"}\n',
    "an entry that is deep": GOOD.encode() + b'{"answer":' * 100_000 + b"\n",
    "a long entry": GOOD.encode() + b'{"by":"' + b"x" * 5_000_000 + b'"}\n',
    "controls": b"\x1b]0;gone\x07\x1b[2J\n",
}


class TestHostile:
    """VARIATIONS: nothing of a file that somebody else wrote is believed; each is one sentence."""

    @pytest.mark.parametrize("what", FILES)
    def test_a_file_that_is_none_is_one_sentence(self, what: str, tmp_path: Path) -> None:
        (tmp_path / "r.jsonl").write_bytes(FILES[what])
        fault = Replay.open(tmp_path / "r.jsonl")
        assert isinstance(fault, Fault) and fault.kind is FaultKind.USAGE
        assert "\n" not in fault.sentence() and "\x1b" not in fault.sentence() + fault.detail
        assert len(fault.sentence()) < 300

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "r")
        fault = Replay.open(tmp_path / "r")
        assert isinstance(fault, Fault) and "it is not a file" in fault.summary

    @pytest.mark.parametrize(
        "path", ["../../etc/passwd", "/etc/passwd", "~/.ssh/config", "a/../../b", "C:\\x", "a\x1b[2J"]
    )
    async def test_a_value_that_writes_outside_the_repository_is_refused(self, path: str, tmp_path: Path) -> None:
        reply = ProposeEdits((WholeFile(path, "mine\n"),))
        await recorded(tmp_path / "r", FakeSuggester([reply]), REQUEST)
        fault = await replay(tmp_path / "r").suggest(REQUEST, ignore)
        assert isinstance(fault, Fault) and "outside the repository" in fault.summary and "\x1b" not in fault.summary

    async def test_code_before_any_case_is_approved_is_no_answer(self, tmp_path: Path) -> None:
        early, late = ProposeEdits((WholeFile("a.ts", "1;\n"),)), ProposeCases((CaseIdea("a", CaseKind.HAPPY),))
        await recorded(tmp_path / "r", FakeSuggester([early, late]), CASES, REQUEST)
        taken = replay(tmp_path / "r")
        for request in (CASES, REQUEST):
            assert isinstance(await taken.suggest(request, ignore), Fault)

    async def test_a_case_claims_no_criterion_that_the_task_does_not_state(self, tmp_path: Path) -> None:
        made = ProposeCases((CaseIdea("a", CaseKind.HAPPY, "Adds once"), CaseIdea("b", CaseKind.EDGE, "of its own")))
        await recorded(tmp_path / "r", FakeSuggester([made]), CASES)
        reply = await replay(tmp_path / "r").suggest(CASES, ignore)
        assert isinstance(reply, ProposeCases) and [case.criterion for case in reply.cases] == ["Adds once", ""]


@given(st.binary(max_size=300))
def test_no_line_of_bytes_raises(raw: bytes) -> None:
    path = Path(f"/proc/self/fd/{os.memfd_create('recording')}")
    try:
        path.write_bytes(GOOD.encode() + raw)
        assert load(path) is not None
    finally:
        os.close(int(path.name))


WORDS = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(Purpose),
    WORDS,
    WORDS,
    st.integers(0, 9),
    WORDS,
    WORDS,
    WORDS,
    st.just(stamped(REQUEST)[0]),
    st.one_of(
        st.builds(NothingToDo, WORDS),
        st.builds(BeyondMe, WORDS),
        st.builds(Fault, st.sampled_from(FaultKind), WORDS, WORDS, WORDS),
        st.builds(lambda text: ProposeEdits((WholeFile("a.ts", text),), text, (text,)), WORDS),
    ),
    stream=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), WORDS), max_size=3).map(tuple),
)


@given(ENTRIES)
def test_an_entry_survives_its_line(entry: Entry) -> None:
    line = line_of(entry)
    assert line.isascii() and line.count("\n") == 1
    assert entry_of(line) == entry


async def test_who_is_chosen_meanwhile_is_asked_instead(tmp_path: Path) -> None:
    await recorded(tmp_path / "r", FakeSuggester([NothingToDo("recorded")]), REQUEST)
    other = FakeSuggester(answer=lambda _: NothingToDo("live"))
    taken = replay(tmp_path / "r", beside=other)
    assert await taken.suggest(replace(REQUEST, by=Chosen(Way.REPLAY)), ignore) == NothingToDo("recorded")
    assert await taken.suggest(replace(REQUEST, by=Chosen(Way.DRAFTER)), ignore) == NothingToDo("live")
    await taken.close()
    assert other.closed and taken.name == "replay"


async def test_each_wait_of_a_replay_is_over_before_its_text_is_told(tmp_path: Path) -> None:
    await recorded(tmp_path / "r", Speaking([EDIT]), REQUEST)
    tape = load(tmp_path / "r")
    assert not isinstance(tape, Fault)
    slow = replace(tape.entries[0], stream=tuple((200, at, text) for _, at, text in tape.entries[0].stream))
    happened: list[object] = []

    async def wait(seconds: float) -> None:
        happened.append(seconds)

    taken = Replay(tmp_path / "r", replace(tape, entries=(slow,)), pace=2.0, wait=wait)
    await taken.suggest(REQUEST, happened.append)
    assert happened[0::2] == [pytest.approx(0.1)] * len(slow.stream)
    assert all(len(one.text) < len(two.text) for one, two in pairwise(happened[1::2]))  # type: ignore[attr-defined]


def test_a_line_has_room_for_the_longest_reply() -> None:
    entry = Entry(Purpose.CODE, "T", "C1", 1, "m", "", "f", stamped(REQUEST)[0], NothingToDo("x" * 1_000_000))
    assert len(line_of(replace(entry, stream=((1, 0, "x" * 1_000_000),)))) < LINE_LIMIT


async def test_what_a_replay_says_is_held_to_the_same_policy_as_any_other(tmp_path: Path) -> None:
    world = World()
    effect = Suggest(Purpose.CODE, TASK.id, locked=(TEST_FILE,))
    bent = FakeSuggester(answer=lambda _: ProposeEdits((WholeFile(TEST_FILE, "// nothing is expected\n"),)))
    taken = recording(bent, tmp_path / "r")
    live = await suggest(replace(world.ports(), suggester=taken), 1, effect, lambda _: None)
    await taken.close()
    again = await suggest(replace(world.ports(), suggester=replay(tmp_path / "r")), 1, effect, lambda _: None)
    assert isinstance(live, Failed) and isinstance(again, Failed)
    assert len(entries(tmp_path / "r")) == 4 and again.fault.detail == live.fault.detail != ""
    assert "expected" not in world.files[TEST_FILE]


KILLED = """import asyncio, os, signal, sys
from pathlib import Path
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.suggest.exchange import NothingToDo
from beai.core.suggest.recording import Recording
from tests.core.test_prompts import REQUEST

async def main():
    taken = Recording.open(FakeSuggester([NothingToDo("one"), NothingToDo("two")]), Path(sys.argv[1]))
    for _ in range(2):
        await taken.suggest(REQUEST, lambda _: None)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_process_that_is_killed_leaves_what_it_was_answered(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "r"], env=env, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert [entry.answer for entry in entries(tmp_path / "r")] == [NothingToDo("one"), NothingToDo("two")]
