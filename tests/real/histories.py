"""A history of the demo in which honest commits of every kind stand among cheats of every kind, the same each time.

It is made with ``git fast-import``, so that dates, hashes and order never differ. Each commit knows by which rule it is
to be found; one without a rule is honest, and must pass. What a cheat takes away the next commit puts back.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.edits.tamper.marks import marks
from beai.core.record.trailers import How, Red, Trailers, fingerprint, lines

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
API = "src/server/api"
WISHLIST, REVIEW, PRODUCT = (f"{API}/routers/{name}.ts" for name in ("wishlist", "review", "product"))
WISHLIST_TEST, REVIEW_TEST, PRODUCT_TEST = (
    f"{API}/routers/__tests__/{name}.test.ts" for name in ("wishlist", "review", "product")
)
CONTEXT = f"{API}/test/context.ts"
TASKS = "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
_EPOCH = 1_763_380_800  # 2025-11-17, the sprint's first day
_LEFT_OUT = ("node_modules", "coverage")
Files = dict[str, str | None]


class Link(str):
    """Where a symbolic link leads, in place of the text of a file."""

    __slots__ = ()


@dataclass(frozen=True)
class Step:
    """One commit: what it changes, and the rule that must name it, ``""`` for an honest one.

    ``runs`` is whether only running the tests can show it; ``late`` are seconds between writing and making it.
    """

    message: str
    files: Files
    rule: str = ""
    runs: bool = False
    late: int = 0
    side: bool = False
    merges: bool = False


@dataclass
class Story:
    """The repository as it is written, commit by commit."""

    files: dict[str, str]
    steps: list[Step] = field(default_factory=list)

    def add(self, message: str, files: Files, rule: str = "", **more: bool | int) -> None:
        """One more commit."""
        self.steps.append(Step(message, files, rule, **more))  # type: ignore[arg-type]
        for path, text in files.items():
            if text is None:
                del self.files[path]
            else:
                self.files[path] = text

    def swapped(self, path: str, *pairs: tuple[str, str]) -> Files:
        """``path`` with each first text, which stands there once, in place of the second."""
        text = self.files[path]
        for old, new in pairs:
            assert text.count(old) == 1, f"{path}: {text.count(old)} places read {old!r}"
            text = text.replace(old, new)
        return {path: text}

    def tested(self, path: str, suite: str, code: str) -> Files:
        """``path`` with a test more in ``suite``, which is made where it is not there."""
        text, head = self.files[path], f'describe("{suite}", () => {{\n'
        if head not in text:
            return {path: f"{text}\n{head}{code}}});\n"}
        end = text.index("\n});\n", text.index(head)) + 1
        return {path: f"{text[:end]}\n{code}{text[end:]}"}

    def procedure(self, path: str, code: str) -> Files:
        """``path`` with a procedure more at the end of its router."""
        text = self.files[path]
        end = text.rindex("});\n")
        return {path: f"{text[:end]}\n{code}{text[end:]}"}


def told(
    story: Story, subject: str, files: Files, task: str, *cases: str, token: str = "s1", green: bool = True
) -> str:
    """A message with the trailers that fit ``files``; a case is written ``C1=words that its test's name holds``."""
    there = {**story.files, **{path: text for path, text in files.items() if text is not None}}
    reds = tuple(_red(there, case) for case in cases)
    prints = {path: "" if text is None else hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
    made = Trailers(task, tuple(red.case for red in reds), reds, fingerprint(prints) if green else "", token)
    return f"{subject}\n\n" + "\n".join(lines(made)) + "\n"


def _red(files: Mapping[str, str], case: str) -> Red:
    at = next(index for index, char in enumerate(case) if char in "=~?")
    words = case[at + 1 :]
    every = (pair for path, text in files.items() if path.endswith(".test.ts") for pair in marks(path, text))
    found = [mark for name, mark in every if name.endswith(words)]
    assert len(found) == 1, f"{len(found)} tests are called {words!r}"
    return Red(case[:at], found[0], How(case[at]))


def shop() -> dict[str, str]:
    """The files that the demo is shipped with."""
    every = (path for path in sorted(SHOP.rglob("*")) if path.is_file() and not {*path.parts} & {*_LEFT_OUT})
    return {path.relative_to(SHOP).as_posix(): path.read_text() for path in every}


def write(root: Path, steps: list[Step], base: Mapping[str, str]) -> list[str]:
    """The repository at ``root`` with ``base`` as its first commit and ``steps`` upon it; the hashes, in order."""
    root.mkdir(parents=True, exist_ok=True)
    _git(root, "init", "--quiet", "--initial-branch=main")
    stream = b"".join(_stream(steps, base))
    _git(root, "fast-import", "--quiet", "--export-marks=.git/made", told=stream)
    made = dict(line.split() for line in (root / ".git" / "made").read_text().splitlines())
    _git(root, "update-ref", "refs/remotes/origin/main", made[":1"])
    _git(root, "checkout", "--quiet", "--force", "-B", "work", made[f":{len(steps) + 1}"])
    return [made[f":{number}"] for number in range(2, len(steps) + 2)]


def _stream(steps: list[Step], base: Mapping[str, str]) -> Iterator[bytes]:
    yield _commit(1, "chore: begin the shop API\n", dict(base), 0, ())
    tip, side, fork = 1, 0, 1
    for number, step in enumerate(steps, 2):
        if step.merges:
            parents: tuple[int, ...] = (tip, side)
        elif step.side:
            parents = (side or tip,)
        else:
            parents = (tip,)
        yield _commit(number, step.message, step.files, step.late, parents)
        if step.side:
            side = number
        else:
            tip, side = number, 0 if step.merges else side
    yield b"reset refs/heads/work\nfrom :%d\n\n" % tip
    assert fork


def _commit(number: int, message: str, files: Files, late: int, parents: tuple[int, ...]) -> bytes:
    at, body = _EPOCH + number * 3600, message.encode("utf-8", "surrogateescape")
    who = b"Shop Team <shop@example.com>"
    rows = [b"commit refs/heads/made", b"mark :%d" % number]
    rows += [b"author %s %d +0000" % (who, at), b"committer %s %d +0000" % (who, at + late)]
    rows += [b"data %d\n%s" % (len(body), body)]
    rows += [b"%s :%d" % (b"merge" if at_ else b"from", parent) for at_, parent in enumerate(parents)]
    for path, text in files.items():
        name = b'"%s"' % path.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
        if text is None:
            rows.append(b"D %s" % name)
        else:
            data = text.encode("utf-8", "surrogateescape")
            mode = b"120000" if isinstance(text, Link) else b"100644"
            rows.append(b"M %s inline %s\ndata %d\n%s" % (mode, name, len(data), data))
    return b"\n".join(rows) + b"\n\n"


def _git(root: Path, *words: str, told: bytes = b"") -> bytes:
    done = subprocess.run(["git", *words], cwd=root, input=told, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout
