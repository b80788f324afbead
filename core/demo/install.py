"""The demo's packages come from the user's npm registry with ``npm ci``, and each way that fails is one sentence."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from beai.core.demo.process import Exit, run
from beai.core.fault import Fault, FaultKind

#: What Vite 8 and Prisma 7 ask for in their ``engines``: the first minor version of each supported major one.
_FIRST_MINOR = {20: 19, 22: 12}
_FIRST_OPEN_MAJOR = 24
_WANTED = "Node 20.19 or newer (22.12 or newer of 22)"

# `npm help ci`: a failed fetch is tried again soon, so that no network is known in seconds and not in minutes.
_ARGUMENTS = (
    "ci",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=3000",
    "--fetch-timeout=60000",
    "--loglevel=error",
)

_ERROR_CODE = re.compile(r"^npm (?:error|ERR!) code (\S+)", re.MULTILINE)
_UNREACHABLE = frozenset({
    "EAI_AGAIN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTCACHED", "ENOTFOUND",
    "ERR_INVALID_URL", "ERR_SOCKET_TIMEOUT", "ETIMEDOUT", "E407", "E502", "E503", "E504", "EPROTO",
})  # fmt: skip
_CERTIFICATE = re.compile(r"CERT|SIGNATURE|ISSUER")
_UNWRITABLE = frozenset({"EACCES", "EDQUOT", "ENOSPC", "EPERM", "EROFS"})


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs found on ``PATH``, as absolute file names."""

    npm: str
    git: str


async def find_tools(env: Mapping[str, str], cwd: Path) -> Tools | Fault:
    """Node (new enough), npm and git as ``env["PATH"]`` has them, or which of them is missing."""
    path = env.get("PATH", "")
    found = {name: shutil.which(name, path=path) for name in ("node", "npm", "git")}
    node, npm, git = found["node"], found["npm"], found["git"]
    if node is None:
        return _missing("Node.js", f"Install {_WANTED} and try again.")
    if npm is None:
        return _missing("npm", "Install npm, which usually comes with Node.js, and try again.")
    if git is None:
        return _missing("git", "Install git and try again.")
    try:
        exit_ = await run([node, "--version"], cwd, env)
    except OSError as error:
        return Fault(FaultKind.MISSING, f"{node} cannot be started.", str(error), f"Install {_WANTED} and try again.")
    if exit_.code != 0 or not supported(exit_.output):
        summary = f"The demo cannot use the Node.js at {node} (version {exit_.output.strip()[:40] or 'unknown'})."
        return Fault(FaultKind.MISSING, summary, exit_.output, f"Install {_WANTED} and try again.")
    return Tools(npm, git)


def supported(version: str) -> bool:
    """Whether ``node --version`` output such as ``v20.19.1`` names a release the demo's packages support."""
    match = re.match(r"v(\d+)\.(\d+)\.", version.strip())
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return major >= _FIRST_OPEN_MAJOR or (major in _FIRST_MINOR and minor >= _FIRST_MINOR[major])


def installed(root: Path) -> bool:
    """Whether npm finished here: it writes its hidden lock file last (npm docs, package-lock.json)."""
    return (root / "node_modules" / ".package-lock.json").is_file()


async def install(
    npm: str, root: Path, env: Mapping[str, str], expected: Sequence[str], progress: Callable[[float], None]
) -> Fault | None:
    """Run ``npm ci`` in ``root`` unless it finished there before, reporting the share of ``expected`` in place."""
    if installed(root):
        return None
    try:
        exit_ = await run([npm, *_ARGUMENTS], root, env, _Share(root, expected, progress).report)
    except OSError as error:
        return Fault(FaultKind.MISSING, f"npm cannot be started in {root}.", str(error), "Install npm and try again.")
    if exit_.code != 0:
        return explain(exit_, root)
    if not installed(root):
        summary = f"npm installed nothing in {root}."
        return Fault(FaultKind.MISSING, summary, exit_.output, "Run `npm ci` there by hand to see why.")
    return None


def required_packages(lock: str) -> tuple[str, ...]:
    """The folders every platform gets, from the text of a lock file; ``optional`` ones are for one platform only."""
    packages: dict[str, dict[str, object]] = json.loads(lock)["packages"]
    return tuple(folder for folder, entry in packages.items() if folder and not entry.get("optional"))


def explain(exit_: Exit, root: Path) -> Fault:
    """Say in one sentence why npm failed, from the error code it prints (npm docs, "Common errors")."""
    match = _ERROR_CODE.search(exit_.output)
    code = match[1] if match else ""
    again = "and run the same command again."
    if code in _UNREACHABLE or _CERTIFICATE.search(code):
        summary = f"npm cannot reach its registry ({code}), so the demo's packages are not installed in {root}."
        return Fault(FaultKind.NETWORK, summary, exit_.output, f"Check the network, proxy and `npm ping`, {again}")
    if code in _UNWRITABLE:
        summary = f"npm cannot write the demo's packages ({code}) in {root} or in its cache."
        return Fault(FaultKind.DISK, summary, exit_.output, f"Free some space or fix the permissions, {again}")
    summary = f"npm could not install the demo's packages in {root} ({code or f'exit code {exit_.code}'})."
    return Fault(FaultKind.MISSING, summary, exit_.output, f"Run `npm ci` there by hand, mend what it names, {again}")


def _missing(name: str, remedy: str) -> Fault:
    return Fault(FaultKind.MISSING, f"The demo needs {name}, which is not on the PATH.", remedy=remedy)


class _Share:
    """Reports the share of packages in place; it only ever grows. npm makes empty folders first, hence the file."""

    def __init__(self, root: Path, folders: Sequence[str], progress: Callable[[float], None]) -> None:
        self._waiting = {root / folder / "package.json" for folder in folders}
        self._total = max(1, len(self._waiting))
        self._progress = progress

    def report(self) -> None:
        arrived = {file for file in self._waiting if file.exists()}
        if arrived:
            self._waiting -= arrived
            self._progress(1 - len(self._waiting) / self._total)
