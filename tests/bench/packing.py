"""What a request costs: tokens by step, the share that a cache keeps, pack time, and the error of the estimate.

``python -m tests.bench packing [FOLDER PROCEDURE]`` measures a repository of yours as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from beai.core.files import DiskTree
from beai.core.project.facts import Task, Tree
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.manner import Manner
from beai.core.suggest.pack import Window, messages, narrowed, pack
from beai.core.suggest.pack.window import window_of
from beai.core.tokens import tokens
from tests.core.asks import asks
from tests.core.test_project_trees import DictTree, shop

Result = TypeVar("Result")
_WIDE = Window(100_000, 8_192, "of the bench")
_TASK = "BE-S3-002"
_SMALL = (4_096, 8_192, 16_384)
_ROUTERS, _PROCEDURES = 200, 40
_COUNT = """import json, sys, litellm
print(json.dumps([litellm.token_counter(model='gpt-4o', text=text) for text in json.load(sys.stdin)]))"""


def main(words: list[str]) -> int:
    """Print every table."""
    _loop()
    _small()
    _times("demo", shop(), "wishlist.archive")
    _times(f"made, {_ROUTERS} routers of {_PROCEDURES} procedures", _made(), "r7.archive")
    if len(words) == 2:
        _times(words[0], DiskTree(Path(words[0])), words[1])
    _error()
    return 0


def _loop() -> None:
    """Tokens of every request of a task, and what of it the request before began with as well."""
    print(f"{_TASK} on the demo:  step, tokens, of these the same as the request before, as the last one of its step")
    before, last = "", dict[Purpose, str]()
    sums = [0, 0]
    for request in asks(shop(), _TASK):
        sent = "\n".join(message.content for message in messages(pack(request, _WIDE)))
        same, own = _shared(before, sent), _shared(last.get(request.purpose, ""), sent)
        name = f"{request.purpose} {request.case_id}".strip()
        print(f"  {name:10} {tokens(sent):7,}  {same / len(sent):6.1%}  {own / len(sent):6.1%}")
        sums = [sums[0] + len(sent), sums[1] + max(same, own)]
        before = last[request.purpose] = sent
    print(f"  all {sums[1] / sums[0]:.1%} of what a loop sends was sent before, from its beginning on\n")


def _small() -> None:
    """Tokens of the largest request of each purpose, whole and in small steps, and what a small window has room for."""
    windows = {size: narrowed(window_of(size, None, None, None)) for size in _SMALL}
    said = ", ".join(f"{size:,} (room {one.room:,}, reply {one.reply:,})" for size, one in windows.items())
    print(f"small steps on the demo:  step, tokens whole, then in windows of {said}")
    most = dict[Purpose, tuple[int, ...]]()
    for request in asks(shop(), _TASK):
        less = replace(request, manner=Manner.SMALL)
        cost = (pack(request, _WIDE).tokens, *(pack(less, one).tokens for one in windows.values()))
        most[request.purpose] = max(most.get(request.purpose, cost), cost)
    for purpose, (whole, *small) in most.items():
        print(f"  {purpose:10} {whole:7,}" + "".join(f"  {cost:6,} ({cost / whole:.0%})" for cost in small))
    print()


def _times(name: str, tree: Tree, procedure: str) -> None:
    project = read(tree, "bench")
    words = f"`{procedure}` is a mutation."
    task = Task("T-1", f"Add {procedure}", "t.md", description=words, text=words)
    found, choosing = _timed(lambda: sources(tree, project, task))
    request = Request(Purpose.CODE, task, project, found, nonce="k7f3")
    packed, packing = _timed(lambda: pack(request, _WIDE))
    size = sum(len(one.text) for one in found)
    print(f"{name}: {choosing * 1000:.0f} ms to choose {len(found)} files of {size:,} characters,", end=" ")
    cuts = sum(bool(one.cut) for one in packed.parts)
    print(f"{packing * 1000:.0f} ms to pack")
    print(f"  {packed.tokens:,} tokens in {len(packed.parts)} parts, {cuts} of them cut\n")


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """The result, and the best time of three."""
    taken: list[float] = []
    for _ in range(3):
        begun = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - begun)
    return result, min(taken)


def _made() -> DictTree:
    """A package of many routers, and one of them large."""
    init = """import { initTRPC } from '@trpc/server';
const t = initTRPC.create();
export const router = t.router;
export const open = t.procedure;
"""
    files = {"package.json": '{"dependencies": {"@trpc/server": "11"}}', "src/trpc.ts": init}
    for n in range(_ROUTERS):
        many = _PROCEDURES * (20 if n == 7 else 1)
        body = "".join(
            f"  p{m}: open.input(z.object({{ at: z.number() }})).mutation(({{ input }}) => {{\n"
            f"    return input.at + {m};\n  }}),\n"
            for m in range(many)
        )
        files[f"src/r{n}.ts"] = (
            f"import {{ z }} from 'zod';\nimport {{ open, router }} from './trpc';\n"
            f"export const r{n} = router({{\n{body}}});\n"
        )
    imports = "".join(f"import {{ r{n} }} from './r{n}';\n" for n in range(_ROUTERS))
    listed = ", ".join(f"r{n}" for n in range(_ROUTERS))
    files["src/root.ts"] = (
        f"{imports}import {{ router }} from './trpc';\n"
        f"export const appRouter = router({{ {listed} }});\nexport type AppRouter = typeof appRouter;\n"
    )
    return DictTree(files)


def _error() -> None:
    """The estimate against litellm's counter, in a process of its own, since only the worker may import litellm."""
    tree = shop()
    kinds = {"TypeScript": ".ts", "Markdown": ".md", "Prisma": ".prisma", "JSON": ".json"}
    texts = {
        name: "\n".join(tree.text(path) or "" for path in tree.paths() if path.endswith(end))
        for name, end in kinds.items()
    }
    counts = _counted(list(texts.values()))
    for (name, text), count in zip(texts.items(), counts, strict=False):
        print(f"estimate of {name}: {tokens(text):,}, litellm counts {count:,}: {tokens(text) / count - 1:+.1%}")


def _counted(texts: Sequence[str]) -> list[int]:
    env = {**os.environ, "LITELLM_MODE": "PRODUCTION", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    command = (sys.executable, "-P", "-c", _COUNT)
    done = subprocess.run(command, input=json.dumps(texts), env=env, capture_output=True, text=True, timeout=120)
    return list(json.loads(done.stdout.strip().splitlines()[-1])) if done.returncode == 0 else []


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
