"""Two hundred secrets of twenty kinds in ten places of the demo: what a backend's files, tasks and output may hold."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from beai.core.edits.change import Comment, Decision, Hunk, Side, Verdict
from beai.core.suggest.exchange import Answer, Feedback, HunkFeedback, Request

_LOT = random.Random(20)  # the same on every run; no key of anybody
_LETTERS = string.ascii_letters + string.digits
ROUTER = "src/server/api/routers/wishlist.ts"
TEST = "src/server/api/routers/__tests__/wishlist.test.ts"
TASKS = "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
DESIGN = "tasks/proposals/technical_design_proposal_wishlist_2025-11-14.md"
CONTEXT, SCHEMA, RULE = "tasks/active_context.md", "prisma/schema.prisma", ".cursor/rules/planted.mdc"
PLACES = ("router", "test", "schema", "task", "design", "context", "rule", "output", "diff", "answer")


@dataclass(frozen=True)
class Planted:
    """What stands in a text, and what of it may be in no body; ``held`` is where the exact value is kept."""

    kind: str
    place: str
    text: str
    needles: tuple[str, ...]
    held: str = ""
    value: str = ""

    @property
    def mark(self) -> str:
        """A word beside it, by which a test knows that the place was sent."""
        return f"mark_{KINDS.index(self.kind):02}_{self.place}"


def drawn(length: int, of: str = _LETTERS) -> str:
    """Characters drawn by lot."""
    return "".join(_LOT.choice(of) for _ in range(length))


def _phrase() -> str:
    return f"{drawn(5).lower()} plum {drawn(6)}"


def _pem() -> tuple[str, tuple[str, ...]]:
    body = [drawn(64) for _ in range(4)]
    return "\n".join(("-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----")), tuple(body)


def _exact(value: str, written: Callable[[str], str], held: str, needles: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (written(value), held, value, *(needles or (value, written(value))))


def _halves(joint: str) -> Callable[[str], str]:
    return lambda value: f'"{value[: len(value) // 2]}{joint}{value[len(value) // 2 :]}"'


def _broken(joint: str) -> tuple[str, ...]:
    value = f"{drawn(12)}-{drawn(12)}"
    return _exact(value, _halves(joint), ".env", (value, value[:12], value[13:]))


def _shape(text: str, *needles: str) -> tuple[str, ...]:
    return (text, "", "", *(needles or (text,)))


_MADE: dict[str, Callable[[], tuple[str, ...]]] = {
    "value of .env": lambda: _exact(_phrase(), str, ".env"),
    "value in base64": lambda: _exact(
        f"{drawn(9)}~{drawn(8)}", lambda one: base64.b64encode(f"app:{one}".encode()).decode(), "apps/web/.env.local"
    ),
    "value in an address": lambda: _exact(f"{drawn(7)} &/ä{drawn(7)}", lambda one: quote(one, safe=""), ".env"),
    "value in JSON": lambda: _exact(f'{drawn(7)}"\\ä{drawn(7)}', json.dumps, ".env.production"),
    "value in two strings": lambda: _broken('" +\n  "'),
    "value over two lines": lambda: _broken("\\\n"),
    "password of a database": lambda: _exact(f"{drawn(5)}!{drawn(5)}", "authentication failed: {}".format, "url"),
    "variable of the process": lambda: _exact(f"{drawn(4)}-{drawn(8)}", str, "process"),
    "token of npm": lambda: _exact(f"{drawn(6)}-{drawn(9)}", str, ".npmrc"),
    "password of netrc": lambda: _exact(f"{drawn(4)}.{drawn(7)}", str, ".netrc"),
    "service account": lambda: _exact(drawn(20, "0123456789abcdef"), "key {}".format, "service-account.json"),
    "AWS": lambda: _shape("AKIA" + drawn(16, string.ascii_uppercase + string.digits)),
    "GitHub": lambda: _shape("ghp_" + drawn(36)),
    "Stripe": lambda: _shape("sk_live_" + drawn(24)),
    "OpenAI": lambda: _shape("sk-proj-1" + drawn(60)),
    "Slack": lambda: _shape(f"xoxb-{drawn(12, string.digits)}-{drawn(24)}"),
    "JSON Web Token": lambda: _shape(f"eyJhbGciOiJIUzI1NiJ9.eyJ{drawn(60)}.{drawn(43)}"),
    "private key": lambda: (lambda made: _shape(made[0], *made[1]))(_pem()),
    "bearer": lambda: (lambda one: _shape(f"Authorization: Bearer {one}", one))("9x" + drawn(38)),
    "assigned key": lambda: (lambda one: _shape(f'apiKey: "{one}"', one))("q7" + drawn(30)),
}
KINDS = tuple(_MADE)


def planted() -> tuple[Planted, ...]:
    """All of them."""
    found = []
    for place in PLACES:
        for kind, make in _MADE.items():
            text, held, value, *needles = make()
            found.append(Planted(kind, place, text, tuple(needles), held, value))
    return tuple(found)


def plant(root: Path, secrets: tuple[Planted, ...]) -> dict[str, str]:
    """Put them into the files of the demo at ``root``; returns the variables of the process."""
    ends = {ROUTER: "router", TEST: "test", SCHEMA: "schema"}
    for path, place in ends.items():
        comment = "\n".join(f"// {line}" if path == SCHEMA else line for line in _lines(secrets, place))
        wrapped = f"\n{comment}\n" if path == SCHEMA else f"\nconst planted_{place} = `\n{comment}\n`;\n"
        file = root / path
        if path == SCHEMA:
            file.write_text(file.read_text().replace("model WishlistItem {", f"model WishlistItem {{{wrapped}"))
        else:
            file.write_text(file.read_text() + wrapped)
    for path, before, place in (
        (TASKS, "## BE-S3-002", "task"),
        (DESIGN, "### 2.2", "design"),
        (CONTEXT, "## Blockers", "context"),
    ):
        file = root / path
        fence = "```\n" + "\n".join(_lines(secrets, place)) + "\n```\n\n"
        text = file.read_text()
        assert before in text, path
        file.write_text(text.replace(before, fence + before, 1))
    (root / RULE).write_text("---\nalwaysApply: true\n---\n# Planted\n\n" + "\n".join(_lines(secrets, "rule")) + "\n")
    return _hold(root, secrets)


def asked(request: Request, secrets: tuple[Planted, ...]) -> Request:
    """``request`` with those that a run, a review and a person bring."""
    lines = tuple(f"{line}\n" for line in _lines(secrets, "diff"))
    hunk = Hunk("h1", ROUTER, 1, lines[: len(lines) // 2], lines[len(lines) // 2 :])
    comment = Comment("h1", "\n".join(_lines(secrets, "diff")), Side.NEW)
    told = HunkFeedback(hunk, Decision("h1", Verdict.REJECTED, "no"), (comment,))
    answer = Answer("topic", -1, "\n".join(_lines(secrets, "answer")))
    output = "\n".join(_lines(secrets, "output"))
    return replace(request, failing=output, feedback=(Feedback((told,)),), answers=(answer,))


def _lines(secrets: tuple[Planted, ...], place: str) -> Iterator[str]:
    for one in secrets:
        if one.place == place:
            yield one.mark
            yield from one.text.split("\n")


def _hold(root: Path, secrets: tuple[Planted, ...]) -> dict[str, str]:
    """Write the files that hold the exact values."""
    files: dict[str, list[str]] = {}
    process: dict[str, str] = {}
    account: dict[str, dict[str, str]] = {}
    for number, one in enumerate(secrets):
        name = f"PLANTED_{number}"
        match one.held:
            case "":
                continue
            case "process":
                process[f"{name}_TOKEN"] = one.value
            case "url":
                url = f"postgresql://app:{quote(one.value, safe='')}@db.internal/shop"
                files.setdefault(".env", []).append(f"{name}_URL={url}")
            case ".npmrc":
                files.setdefault(".npmrc", []).append(f"//registry.example/{number}/:_authToken={one.value}")
            case ".netrc":
                files.setdefault(".netrc", []).append(f"machine h{number} login me password {one.value}")
            case "service-account.json":
                account[name] = {"private_key_id": one.value}
            case path:
                quoted = f"'{one.value}'" if "'" not in one.value else json.dumps(one.value)
                files.setdefault(path, []).append(f"{name}={quoted}")
    for path, lines in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("\n".join(lines) + "\n")
    (root / "service-account.json").write_text(json.dumps(account))
    return process
