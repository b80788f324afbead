"""What a package's test script says to node: the flags a test process needs, and the files that are tests."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from .sources import Sources

_VALUED = frozenset({
    "--import", "--loader", "--experimental-loader", "--require", "-r", "--conditions", "-C", "--env-file",
    "--env-file-if-exists", "--disable-warning", "--test-timeout", "--stack-trace-limit", "--tsconfig",
})  # fmt: skip
_DROPPED = re.compile(
    r"--(?:test|watch|no-watch|test-reporter.*|test-concurrency.*|test-isolation.*|test-shard.*|test-name-pattern.*"
    r"|test-skip-pattern.*|experimental-test-coverage|test-coverage.*|test-force-exit|test-update-snapshots"
    r"|experimental-test-isolation.*|watch-path.*|inspect.*)$"
)
_DROPPED_VALUED = frozenset({
    "--test-reporter", "--test-reporter-destination", "--test-concurrency", "--test-name-pattern",
    "--test-skip-pattern", "--test-shard", "--test-isolation", "--watch-path",
})  # fmt: skip
_PRELOADS = frozenset({"--import", "--loader", "--experimental-loader", "--require", "-r"})
_JS = r"\.[cm]?js"
_TS = r"\.[cm]?[jt]sx?"


@dataclass(frozen=True)
class Script:
    """``flags`` for each process, ``patterns`` of test files (none: node's own), what it sets in the environment."""

    flags: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    typescript: bool = False
    only: bool = False
    serial: bool = False

    def preloads(self) -> list[str]:
        """Files of the package that every test process loads before its test file."""
        found = []
        for at, flag in enumerate(self.flags):
            name, _, value = flag.partition("=")
            value = value or (self.flags[at + 1] if at + 1 < len(self.flags) and flag in _PRELOADS else "")
            if name in _PRELOADS and value.startswith("."):
                found.append(posixpath.normpath(value))
        return found

    def tests(self, sources: Sources) -> list[str]:
        """The test files, as node looks for them where the script names none (nodejs.org/api/test.html)."""
        paths = [path for path in sources.paths() if not path.endswith(".json")]
        if not self.patterns:
            default = _default(_TS if self.typescript else _JS)
            return [path for path in paths if default.search(path)]
        wanted = [_pattern(pattern, self.typescript) for pattern in self.patterns]
        return [path for path in paths if any(pattern.match(path) for pattern in wanted)]


def read_script(command: list[str], root: Path) -> Script:
    """What ``command`` says, or else the package's ``test`` script."""
    words = command or _words(_test_script(root))
    environment = dict(word.split("=", 1) for word in words if re.match(r"[A-Za-z_]\w*=", word))
    flags: list[str] = []
    for at, word in enumerate(words):  # dotenv -e FILE: node reads such files itself
        if word in ("-e", "-f") and posixpath.basename(words[at - 1]) in ("dotenv", "env-cmd") and at + 1 < len(words):
            flags.extend([f"--env-file={words[at + 1]}"] if (root / words[at + 1]).is_file() else [])
    starts = [at for at, word in enumerate(words) if posixpath.basename(word) in ("node", "tsx", "ts-node")]
    if not starts:
        return Script(tuple(flags), environment=tuple(environment.items()))
    own = words[starts[-1] + 1 :]
    if posixpath.basename(words[starts[-1]]) == "tsx":
        flags.extend(["--import", "tsx"])
    more, patterns = _split(own)
    flags.extend(more)
    text = " ".join(flags)
    typed = bool(re.search(r"tsx|ts-node|swc|esbuild|strip-types|transform-types", text))
    typed = typed or any(re.search(r"\.[cm]?tsx?\b", pattern) for pattern in patterns)
    serial = "--test-concurrency=1" in own or "--test-concurrency 1" in " ".join(own)
    return Script(tuple(flags), tuple(patterns), tuple(environment.items()), typed, "--test-only" in flags, serial)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The flags that stay, and the patterns."""
    flags: list[str] = []
    patterns: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word in ("&&", "||", ";", "|"):
            break
        if word in _DROPPED_VALUED:
            at += 1
        elif word in _VALUED and at < len(words):
            flags.extend([word, words[at]])
            at += 1
        elif word.startswith("-"):
            flags.extend([] if _DROPPED.match(word) else [word])
        else:
            patterns.append(posixpath.normpath(word))
    return flags, patterns


def _test_script(root: Path) -> str:
    try:
        scripts = json.loads((root / "package.json").read_text("utf-8")).get("scripts", {})
    except (OSError, ValueError, AttributeError):
        return ""
    named = [scripts.get("test"), *(scripts[name] for name in sorted(scripts) if name.startswith("test"))]
    texts = [text for text in named if isinstance(text, str)]
    return next((text for text in texts if re.search(r"--test\b", text)), "")


def _words(script: str) -> list[str]:
    try:
        return shlex.split(script)
    except ValueError:
        return script.split()


def _default(ending: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|/)test{ending}$|(?:^|/)test-[^/]+{ending}$|[._-]test{ending}$|(?:^|/)test/.*{ending}$")


def _pattern(pattern: str, typescript: bool) -> re.Pattern[str]:
    """A glob, a file or a folder as a regular expression over paths."""
    if not re.search(r"[*?{\[]", pattern):
        ending = _TS if typescript else _JS
        inside = "" if pattern == "." else re.escape(pattern) + "/"
        whole = ".*" if posixpath.basename(pattern) in ("test", "tests") else ".*[._-](?:test|spec)"
        return re.compile(rf"{re.escape(pattern)}$|{inside}{whole}{ending}$")
    text, at, deep = "", 0, 0
    while at < len(pattern):
        rest = pattern[at:]
        at += 1
        if rest.startswith("**/"):
            text, at = text + "(?:[^/]+/)*", at + 2
        elif rest.startswith("**"):
            text, at = text + ".*", at + 1
        elif rest[0] == "{":
            text, deep = text + "(?:", deep + 1
        elif rest[0] == "}" and deep:
            text, deep = text + ")", deep - 1
        elif rest[0] == "," and deep:
            text += "|"
        elif re.match(r"[?+*@!]\(", rest) and ")" in rest:
            inner = rest[2 : rest.index(")")]
            often = {"@": "", "!": "?"}.get(rest[0], rest[0])
            text += f"(?:{'|'.join(map(re.escape, inner.split('|')))}){often}"
            at += rest.index(")")
        else:
            text += {"*": "[^/]*", "?": "[^/]"}.get(rest[0], re.escape(rest[0]))
    return re.compile(text + ")" * deep + "$")
