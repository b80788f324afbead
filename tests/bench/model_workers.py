"""What a worker costs: until it answers when it is cold and when a spare is warm, its processor time and memory."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import defaultdict

from beai.core.suggest.model import ModelSuggester
from tests.bench import processes
from tests.bench.model_chunks import first_piece, raw, suggester
from tests.bench.tabling import Line, Samples

IDLE = 2.0
"""Seconds over which a worker that waits is watched."""

_PYTHON, _RAW = "start of a bare Python", "first piece, raw HTTP"
_IMPORT = "start of Python that imports litellm"
WORKERS = (
    Line(_PYTHON),
    Line(_IMPORT, _PYTHON),
    Line(_RAW),
    Line("first piece, cold worker", _IMPORT),
    Line("first piece, worker that is warm", _RAW),
    Line("cancel of a request", _RAW),
    Line("first piece right after a cancel", _RAW),
    Line("first piece after a cancel, the spare warm", _RAW),
    Line("processor time of a worker's start", unit="ms"),
    Line("processor time of all workers per 1,000 tokens"),
    Line("processor time of waiting workers per second"),
    Line("memory (PSS) of the largest worker", unit="MiB"),
    Line("memory (PSS) of all workers", unit="MiB"),
    Line("workers at rest", unit=""),
)
_SHORT, _TOKENS = "stamps-500-1", 500


async def workers(rounds: int, base: str) -> Samples:
    """Milliseconds and MiB, each round on a suggester of its own."""
    found: Samples = defaultdict(list)
    for number in range(rounds):
        await _baselines(found, base)
        await _one(found, base)
        print(f"  {number + 1}/{rounds}  workers", file=sys.stderr)
    return found


async def _baselines(found: Samples, base: str) -> None:
    env = {**os.environ, "LITELLM_MODE": "PRODUCTION", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    for name, code in ((_PYTHON, "pass"), (_IMPORT, "import litellm")):
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", code, env=env)
        await process.wait()
        found[name].append(_ms(begun))
    begun = time.perf_counter()
    async for _ in raw(base, _SHORT):
        break
    found[_RAW].append(_ms(begun))


async def _one(found: Samples, base: str) -> None:
    asks, me = suggester(base, _SHORT), os.getpid()
    try:
        await _answered(found, "first piece, cold worker", asks)
        await _settled(me, asks)
        before = _used(me)
        await _answered(found, "first piece, worker that is warm", asks)
        found["processor time of all workers per 1,000 tokens"].append((_used(me) - before) * 1e3 * 1_000 / _TOKENS)
        await _cancelled(found, "", asks)
        await _cancelled(found, "first piece right after a cancel", asks)
        await _settled(me, asks)
        await _answered(found, "first piece after a cancel, the spare warm", asks)
        await _settled(me, asks)
        await _weighed(found, me)
    finally:
        await asks.close()


async def _answered(found: Samples, name: str, asks: ModelSuggester) -> None:
    taken, task = await first_piece(asks)
    found[name].append(taken)
    await task


async def _cancelled(found: Samples, name: str, asks: ModelSuggester) -> None:
    taken, task = await first_piece(asks)
    if name:
        found[name].append(taken)
    begun = time.perf_counter()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    found["cancel of a request"].append(_ms(begun))


async def _weighed(found: Samples, me: int) -> None:
    """All workers while nothing is asked."""
    mine, used = processes.workers(me), _used(me)
    await asyncio.sleep(IDLE)
    found["processor time of waiting workers per second"].append((_used(me) - used) * 1e3 / IDLE)
    sizes = [processes.memory(pid)[1] for pid in mine]
    found["workers at rest"].append(len(mine))
    found["memory (PSS) of all workers"].append(sum(sizes))
    found["memory (PSS) of the largest worker"].append(max(sizes))
    found["processor time of a worker's start"].append(min(processes.busy(pid) for pid in mine) * 1e3)


async def _settled(me: int, asks: ModelSuggester) -> None:
    """The spare is there, and every worker has imported what it imports: none used the processor for a second."""
    warming = asks.workers.warm()
    if warming is not None:
        await warming
    used, quiet = _used(me), 0
    for _ in range(60):
        await asyncio.sleep(0.5)
        before, used = used, _used(me)
        quiet = quiet + 1 if used - before < 0.01 else 0
        if quiet == 2:
            return


def _used(me: int) -> float:
    return sum(processes.busy(pid) for pid in processes.workers(me))


def _ms(begun: float) -> float:
    return (time.perf_counter() - begun) * 1e3
