"""A model in a GGUF file, run by llama.cpp in the worker; skipped where the extra ``local`` is not installed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.exchange import NothingToDo, Purpose, Reply
from beai.core.suggest.gguf_file import BINDING
from beai.core.suggest.model import ModelSuggester
from beai.core.suggest.progress import Grew, Noted, Progress, Spending
from tests.real.pair import request
from tests.tiny_gguf import write

SAID = "### nothing to do\nAll of it is covered.\n\n### end k7f3 edits=0 cases=0\n"
runs = pytest.mark.skipif(
    not (Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages", BINDING).exists()
         or any(Path(place, BINDING).exists() for place in sys.path)),
    reason=f"{BINDING} is not installed: pip install 'beai[local]' runs GGUF files",
)  # fmt: skip


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("gguf") / "parrot.gguf", SAID)


def suggester(path: object, **more: object) -> ModelSuggester:
    settings = Settings(model=f"gguf:{path}", max_tokens=64, **more)  # type: ignore[arg-type]
    return ModelSuggester(settings, dict(os.environ), spare=False)


async def answer(model: ModelSuggester) -> tuple[Reply | Fault, list[Progress]]:
    told: list[Progress] = []
    try:
        return await asyncio.wait_for(model.suggest(request(Purpose.CASES), told.append), 60), told
    finally:
        await model.close()


@runs
class TestRuns:
    async def test_its_own_template_and_weights_answer_and_it_is_loaded_once_and_keeps_what_it_read(self, model_file):
        model, told, again = suggester(model_file), list[Progress](), list[Progress]()
        try:
            reply = await asyncio.wait_for(model.suggest(request(), told.append), 60)
            assert await asyncio.wait_for(model.suggest(request(), again.append), 60) == reply
        finally:
            await model.close()

        assert reply == NothingToDo("All of it is covered.")
        assert told[0] == Noted("small steps: window 16,384")
        loads = [one for one in (*told, *again) if isinstance(one, Noted) and one.words.startswith("loads parrot.gguf")]
        assert len(loads) == 1
        assert [one.text for one in told if isinstance(one, Grew)][-1] == SAID
        (spent,), (kept,) = ([one for one in heard if isinstance(one, Spending)] for heard in (told, again))
        assert spent.tokens_in > 1_000 and spent.tokens_out > 0
        assert (spent.cost, spent.ended, spent.estimated) == (0.0, "done", False)
        assert kept.cached > kept.tokens_in / 2

    async def test_an_interruption_ends_its_process(self, model_file):
        model = suggester(model_file)
        loading = asyncio.Event()

        def hear(told: Progress) -> None:
            if isinstance(told, Noted) and told.words.startswith("loads"):
                loading.set()

        asking = asyncio.create_task(model.suggest(request(), hear))
        await asyncio.wait_for(loading.wait(), 30)
        link = model.workers.current
        assert link is not None
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        assert await asyncio.wait_for(link.process.wait(), 10) < 0
        await model.close()

    async def test_nobody_else_can_ask_it_and_litellm_is_not_imported(self, model_file, tmp_path):
        """A litellm that would end the process is first on the import path."""
        trap = tmp_path / "litellm.py"
        trap.write_text("import os\nos._exit(9)\n")
        env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))}
        command = (sys.executable, "-P", "-m", "beai.core.suggest.worker", "local")
        process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=env, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None and process.stdout is not None
        line = {
            "do": "complete",
            "id": 1,
            "model": f"gguf:{model_file}",
            "messages": [{"role": "user", "content": "x"}],
        }
        process.stdin.write(json.dumps(line).encode() + b"\n")
        async with asyncio.timeout(60):
            while (event := json.loads(await process.stdout.readline()))["event"] not in ("done", "fault"):
                pass
        assert event["event"] == "done", event
        open_ones = _sockets(process.pid)
        assert not open_ones & _inodes("tcp", "tcp6", "udp", "udp6")
        assert {one.name for one in tmp_path.iterdir()} == {"litellm.py"}
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 10) == 0


@runs
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("odd", "odd.gguf cannot be run: the architecture “frobnicate” is not known here."),
        ("short", "short.gguf cannot be used: its end is missing, so it was not copied whole."),
    ],
)
async def test_what_llama_cpp_does_not_load_is_one_sentence(tmp_path, name, said):
    path = write(tmp_path / f"{name}.gguf", SAID, architecture="frobnicate" if name == "odd" else "llama")
    if name == "short":
        path.write_bytes(path.read_bytes()[:-90_000])
    fault, _ = await answer(suggester(path))

    assert isinstance(fault, Fault)
    assert fault.summary == said


async def test_without_the_extra_it_says_how_to_get_it(model_file, tmp_path):
    (tmp_path / f"{BINDING}.py").write_text("raise ImportError('not here')\n")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))}
    model = ModelSuggester(Settings(model=f"gguf:{model_file}"), env, spare=False)
    fault, _ = await answer(model)

    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.MISSING
    assert "beai[local]" in fault.remedy and "extra" in fault.summary


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "model.gguf cannot be used: there is no such file."),
        (b"PK\x03\x04 an archive of something else", "model.gguf cannot be used: it is not a GGUF file."),
        (b"GGUF\x03\0\0\0", "model.gguf cannot be used: it ends within its head, so it was not copied whole."),
    ],
)
async def test_a_file_that_is_none_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    fault, _ = await answer(suggester(path))

    assert isinstance(fault, Fault)
    assert fault.summary == said


async def test_a_context_that_no_request_fits_is_told_before_anything_is_loaded(tmp_path):
    fault, told = await answer(suggester(write(tmp_path / "tiny.gguf", SAID, context=512)))

    assert isinstance(fault, Fault)
    assert "takes" in fault.summary and "its window has room for" in fault.summary
    assert not any(isinstance(one, Noted) and "loads" in one.words for one in told)


def _sockets(pid: int) -> set[str]:
    """The inodes of the sockets that a process holds ("proc_pid_fd(5)")."""
    folder = Path("/proc", str(pid), "fd")
    if not folder.exists():
        pytest.skip("this system has no /proc")
    found = (os.readlink(one) for one in folder.iterdir())
    return {name[8:-1] for name in found if name.startswith("socket:[")}


def _inodes(*tables: str) -> set[str]:
    lines = [line for table in tables for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    return {line.split()[9] for line in lines}
