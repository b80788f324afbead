"""``bun test``, started for each run: its JUnit report is the verdict, its words on the console say why."""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from . import junit
from .choosing import ChoosingDriver, Chosen
from .js_imports import ENDINGS, JsImports
from .outcome import compared, cut, ended, local
from .serve import Run, Trouble, serve
from .sources import Sources
from .started import doubt, finish, unfinished

_TEST = re.compile(r"[._](?:test|spec)\.[cm]?[jt]sx?$")
_ENDED = re.compile(r"^\((?P<how>pass|fail|skip|todo)\) (?P<name>.*?)(?: \[[\d.]+\s?m?s\])?$")
_FILE = re.compile(r"^(?P<file>\S.*\.[cm]?[jt]sx?):$")
_ERROR = re.compile(
    r"^(?:(?P<name>[A-Z]\w*(?:Error|Exception)|E[A-Z]{3,})|error)(?: \[(?P<code>\w+)\])?: (?P<message>.*)$"
)
_FRAME = re.compile(r"^\s+at (?P<what>.*?) ?\(?(?P<file>(?:/|file:)[^():]+):(?P<line>\d+)(?::(?P<column>\d+))?\)?$")
_WRITTEN = re.compile(r"^snapshots: .*?\+(\d+) added", re.MULTILINE)
_QUOTED = re.compile(r"^(?:\s*\d+ \| |\s*\^\s*$)")


class BunDriver(ChoosingDriver):
    """One process of bun a run: it starts in milliseconds, so nothing is kept warm."""

    def __init__(self) -> None:
        super().__init__(Sources(Path.cwd(), ENDINGS, JsImports(Path.cwd()).read))
        self._bun = ""
        self._place = Path(tempfile.mkdtemp(prefix="beai-"))

    async def open(self) -> str:
        """Find bun and ask for its version."""
        self._bun = find(self.root)
        if not self._bun:
            raise Trouble("missing", "bun was not found.")
        asked = [self._bun, "--version"]
        process = await asyncio.create_subprocess_exec(*asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        version = (await process.communicate())[0].decode("utf-8", "replace").strip()
        numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
        if numbers < [1, 2]:
            raise Trouble("version", f"bun {version} is older than 1.2 and writes no report.")
        self.sources.sweep()
        return version

    def tests(self) -> list[str]:
        """The files that bun takes for tests (bun.sh/docs/cli/test)."""
        return [path for path in self.sources.paths() if _TEST.search(path)]

    async def restart(self, run: Run) -> None:
        """Paths of tsconfig.json may have changed."""
        self.sources = Sources(self.root, ENDINGS, JsImports(self.root).read)
        self.sources.sweep()

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        """One run of bun for all chosen files."""
        report = self._place / f"{run.request.id}.xml"
        argv = [self._bun, "test", "--reporter=junit", f"--reporter-outfile={report}"]
        named = ["-t", run.request.name] if run.request.name else []
        done = await finish([*argv, *named, *(f"./{path}" for path in chosen.files)])
        said, loose = _console(done.err, self.root.as_posix())
        found = junit.read(report, self.root)
        if found is None and not (done.stopped or loose or said):
            raise Trouble("report", f"bun wrote no report. {done.ending()}\n{done.log()[-4000:]}")
        told = []
        for test in found if found is not None else [_only_said(key, how) for key, how in said.items()]:
            known = said.get((test["file"], test["name"]))
            if known or test["state"] != "skip" or not run.request.name:
                told.append(test)
                run.tell("test", **{**test, "errors": (known or {}).get("errors") or test["errors"]})
        loaded = {file for file, _ in said}
        for file in chosen.files:
            errors = loose.get(file, []) if file not in loaded else []
            broken = found is None and not errors
            run.tell(
                "file", file=file, errors=[*errors, *([unfinished(done.ending(), done.stopped)] if broken else [])]
            )
        owned = set(chosen.files) - loaded
        unhandled = [error for file, errors in loose.items() if file not in owned for error in errors]
        if found is not None and (told or not named):  # where no test has the name, bun ends with 1
            unhandled += doubt(done, told, [error for errors in loose.values() for error in errors])
        only = any(re.search(r"\.only\b", self.sources.text(file)) for file in chosen.files)
        written = [int(count) for count in _WRITTEN.findall(done.err)]
        return {"unhandled": unhandled, "log": done.log(), "only": only, "snapshots_written": sum(written[-1:])}

    async def close(self) -> None:
        """Remove the folder of the reports."""
        shutil.rmtree(self._place, ignore_errors=True)


def find(root: Path) -> str:
    """The repository's own bun, here or in a folder above, else the one on the PATH; "" for none."""
    machine = {"x86_64": "x64", "amd64": "x64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    system = platform.system().lower()
    for folder in (root, *root.parents):
        packages = folder / "node_modules"
        own = [packages / "@oven" / f"bun-{system}-{machine}{kind}" / "bin" / "bun" for kind in ("", "-baseline")]
        for path in (*own, packages / ".bin" / "bun"):
            if path.is_file() and path.stat().st_size > 1_000_000:  # the package's stub is small
                return str(path)
    return shutil.which("bun") or ""


def _console(text: str, root: str) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """What bun printed: for each test how it ended with its errors, and for each file the errors that no test owns."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    loose: dict[str, list[dict[str, Any]]] = {}
    file = ""
    lines: list[str] = []
    for line in text.splitlines():
        if match := _ENDED.match(line):
            errors = _errors(lines, root) if match["how"] == "fail" else []
            if match["how"] == "fail" and not errors:
                errors = [{"name": "Error", "message": cut("\n".join(lines).strip())}]
            said[(file, match["name"])] = {"how": match["how"], "errors": errors}
            lines = []
        elif (match := _FILE.match(line)) and "|" not in line:
            _loose(loose, file, _errors(lines, root))
            file, lines = local(match["file"], root), []
        else:
            lines.append(line)
    _loose(loose, file, _errors(lines, root))
    return said, loose


def _loose(loose: dict[str, list[dict[str, Any]]], file: str, errors: list[dict[str, Any]]) -> None:
    if errors:
        loose.setdefault(file, []).extend(errors)


def _errors(lines: list[str], root: str) -> list[dict[str, Any]]:
    """The errors in what bun printed between two tests: a message, what was compared, the frames."""
    found: list[dict[str, Any]] = []
    said: list[str] = []
    for line in lines:
        if match := _ERROR.match(line):
            said = [match["message"]]
            found.append({"name": match["name"] or "Error", "code": match["code"] or "", "stack": [], "said": said})
        elif found and (match := _FRAME.match(line)):
            place = local(match["file"], root)
            frame = f"{match['what']} {place}:{match['line']}:{match['column'] or 1}".strip()
            found[-1]["stack"].append(cut(frame, 400))
            if "line" not in found[-1] and not place.startswith("/"):
                found[-1].update(file=place, line=int(match["line"]))
        elif found and not _QUOTED.match(line):
            said.append(line)
    return [_error(raw) for raw in found]


def _error(raw: dict[str, Any]) -> dict[str, Any]:
    message = cut("\n".join(raw.pop("said")).strip())
    expected, actual = compared(message)
    asserts = message.startswith("expect(")
    return {
        **raw,
        "name": "AssertionError" if asserts else raw["name"],
        "message": message,
        "expected": expected,
        "actual": actual,
    }


def _only_said(key: tuple[str, str], how: dict[str, Any]) -> dict[str, Any]:
    return ended(key[0], [key[1]], how["how"], 0, 0, how["errors"])


def main() -> None:
    """Serve the package in the working folder."""
    serve(BunDriver())
