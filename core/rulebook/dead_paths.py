"""Paths that a rule names and the repository has not, told from examples, patterns and files still to be made."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from beai.core.project.facts import RuleFile
from beai.core.project.markdown import lines
from beai.core.rulebook.applies import scope
from beai.core.rulebook.flaws import Flaw, FlawKind

_PATH = re.compile(r"(?<![\w@~/.$\-:{<>*\[\\])(?:\./)?([\w.()-]{1,80}(?:/[\w.()\[\]-]{1,80}){1,16}/?)(?![\w{<>*\[$/%])")
_CODE = re.compile(r"\.(?:tsx?|[mc]?jsx?|mts|cts|prisma|sql|vue|svelte)$")
_MADE = re.compile(
    r"\be\.g|\bfor (?:example|instance)\b|\bexamples?\b|\bsuch as\b|\blike\b|\bsample\b|\bhypothetical|\bnew\b"
    r"|\b(?:creat|add|generat|renam|mov|delet|remov)\w*|\bdeprecated\b|\blegacy\b|\bnever\b|\bno longer\b"
    r"|\binstead of\b|\bdo not\b|\bdon't\b|\bavoid\b|\bif (?:it|present|there)\b|\bwould\b|\bcould\b|\boptional"
    r"|\bbecomes?\b|→|->|=>|❌|✗|//\s*$|\bz\. ?b\.|\bzum beispiel\b|\bpar exemple\b|\bpor ejemplo\b|например|例",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:^|[/._-])(?:x+|y{3,}|foo|bar|baz|my|your|some|example|feature|module|path|name|component|entity|resource|domain"
    r"|to)(?:[-_.]?\w{0,24})?(?:$|[/.])|\.\.\.|…|\[\w+\](?:\.\w+)*$",
    re.IGNORECASE,
)
_BUILT = re.compile(r"(?:^|/)(?:node_modules|dist|build|out|coverage|generated|\.[\w-]+)(?:/|$)")


class Places:
    """The files and folders of a repository, asked whether they hold a path and which one was meant."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._files = frozenset(paths)
        folders: set[str] = set()
        for path in paths:
            folder = posixpath.dirname(path)
            while folder and folder not in folders:
                folders.add(folder)
                folder = posixpath.dirname(folder)
        self._folders = frozenset(folders)
        self._bases: dict[str, list[str]] = {}
        for path in (*paths, *folders):
            self._bases.setdefault(posixpath.basename(path).lower(), []).append(path)
        self._joined = {path.replace("/", "").lower(): path for path in sorted((*folders, *paths), reverse=True)}

    def holds(self, path: str, citing: str = "") -> bool:
        """Whether there is such a file or folder: from the root, from the citing file, or below any folder."""
        path = path.strip("/")
        for start in ("", posixpath.dirname(citing)):
            if self._is(posixpath.normpath(posixpath.join(start, path))):
                return True
        bare = path.removeprefix("./")
        ends = self._bases.get(posixpath.basename(bare).lower(), ())
        return any(("/" + end.lower()).endswith("/" + bare.lower()) for end in ends)

    def begins(self, path: str) -> bool:
        """Whether the path starts as one of this repository does: its first folder is one below any folder."""
        first = path.partition("/")[0]
        return any(
            end in self._folders for end in self._bases.get(first.lower(), ()) if posixpath.basename(end) == first
        )

    def joined(self, path: str) -> str:
        """The path that ``path`` is when a slash was lost in it, ``""`` when none is."""
        found = self._joined.get(path.strip("/").replace("/", "").lower(), "")
        return found if found.count("/") > path.strip("/").count("/") else ""

    def only(self, base: str) -> str:
        """The one file of that name, ``""`` where there are more or none."""
        found = [path for path in self._bases.get(base.lower(), ()) if path in self._files]
        return found[0] if len(found) == 1 else ""

    def _is(self, path: str) -> bool:
        return path in self._files or path in self._folders


def dead_paths(own: Sequence[RuleFile], places: Places) -> Iterator[Flaw]:
    """Every path of code that a rule of ``own`` takes for granted and that is not there."""
    for rule in own:
        seen: set[str] = set()
        for line in lines(rule.text):
            if line.fence is not None or "/" not in line.text:
                continue
            for match in _PATH.finditer(line.text[:2_000]):
                path = match.group(1).rstrip(".()").lstrip("(")
                if path in seen or not _counts(path, line.text[: match.start()], places, rule):
                    continue
                seen.add(path)
                if found := _dead(path, places):
                    yield Flaw(FlawKind.DEAD_PATH, rule.path, rule.begins + line.number - 1, *found)


def _counts(path: str, before: str, places: Places, rule: RuleFile) -> bool:
    """Whether ``path`` speaks of this repository as it is."""
    if _BUILT.search(path) or _PLACEHOLDER.search(path) or _MADE.search(before) or not places.begins(path):
        return False
    folder = scope(rule)
    return not (places.holds(path, rule.path) or (folder and places.holds(posixpath.join(folder, path))))


def _dead(path: str, places: Places) -> tuple[str, str] | None:
    if near := places.joined(path):
        return f"{path} is not there.", f"{near} is: a slash was lost."
    if not _CODE.search(path):
        return None
    near = places.only(posixpath.basename(path))
    return f"{path} is not there.", f"{near} is meant, it seems." if near else ""
