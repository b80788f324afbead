"""Of a stack the repository's own frames are shown, in order, with the place a person opens."""

from __future__ import annotations

import json

from beai.core.runner.lines import TestEnded, parse_line
from beai.core.runner.report import TestError
from beai.core.runner.stack import Excerpt, Frame, excerpt, place, trim

STACK = (
    "list src/server/routers/wishlist.ts:12:9",
    "../node_modules/@trpc/server/dist/index.mjs:100:22",
    "resolveMiddleware node_modules/@trpc/server/dist/index.mjs:80:5",
    "async Object.<anonymous> src/server/routers/__tests__/wishlist.test.ts:40:3",
    "processTicksAndRejections node:internal/process/task_queues:95:5",
    "/usr/lib/node_modules/vitest/dist/chunk.js:1:1",
)
ERROR = TestError("Error", "x", stack=STACK)


def test_only_the_repositorys_own_frames_are_left_and_the_others_are_counted() -> None:
    trimmed = trim(ERROR)
    assert trimmed.frames == (
        Frame("src/server/routers/wishlist.ts", 12, 9, "list"),
        Frame("src/server/routers/__tests__/wishlist.test.ts", 40, 3, "async Object.<anonymous>"),
    )
    assert (trimmed.hidden, trimmed.rest) == (4, "… 4 frames of packages")


def test_a_stack_without_others_says_nothing_of_them() -> None:
    assert trim(TestError("Error", "x", stack=STACK[:1])).rest == ""
    assert trim(TestError("Error", "x", stack=STACK[1:2])).rest == "… 1 frame of packages"
    assert trim(TestError("Error", "x")).frames == ()


def test_frames_of_python_and_with_brackets_are_read() -> None:
    stack = (
        "test_adds tests/test_a.py:7",
        "at add (src/a.ts:1:2)",
        ".venv/lib/python3.11/site-packages/x.py:3",
        "rubbish",
    )
    assert trim(TestError("Error", "x", stack=stack)).frames == (
        Frame("tests/test_a.py", 7, 0, "test_adds"),
        Frame("src/a.ts", 1, 2, "add"),
    )


def test_the_place_is_the_runners_or_else_the_innermost_own_frame() -> None:
    assert place(TestError("Error", "x", file="src/a.ts", line=3, stack=("src/a.ts:3:7",))) == Frame("src/a.ts", 3, 7)
    assert place(TestError("Error", "x", file="../node_modules/a.js", line=3, stack=STACK)) == trim(ERROR).frames[0]
    assert place(TestError("Error", "x")) is None


def test_an_excerpt_is_the_lines_around_a_place() -> None:
    text = "one\ntwo\nthree\nfour\nfive"
    assert excerpt(Frame("a.ts", 3), text, 1) == Excerpt("a.ts", 3, ((2, "two"), (3, "three"), (4, "four")))
    assert excerpt(Frame("a.ts", 1), text, 1) == Excerpt("a.ts", 1, ((1, "one"), (2, "two")))


def test_a_line_that_is_no_longer_there_has_no_excerpt() -> None:
    assert excerpt(Frame("a.ts", 9), "one\ntwo") is None
    assert excerpt(Frame("a.ts", 0), "one\ntwo") is None


def test_frames_of_a_package_name_files_as_the_repository_does() -> None:
    error = {
        "message": "x",
        "file": "src/a.ts",
        "stack": ["f src/a.ts:1:2", "g ../../node_modules/b.js:1:1", "node:fs:1:1"],
    }
    line = {"event": "test", "id": 1, "file": "src/a.test.ts", "name": "x", "state": "fail", "errors": [error]}
    event = parse_line(json.dumps(line).encode(), lambda path: f"apps/api/{path}")
    assert isinstance(event, TestEnded)
    (told,) = event.outcome.errors
    assert told.file == "apps/api/src/a.ts"
    assert trim(told).frames == (Frame("apps/api/src/a.ts", 1, 2, "f"),)
