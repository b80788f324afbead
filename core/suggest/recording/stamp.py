"""What a request rests on, as hashes: two requests with the same ones are the same question, on any computer.

It is taken of the packed messages, part by part, in a window so wide that nothing is cut; the word that closes the
reply is left out, and from what runs printed also durations, ports, addresses and the folders that files lie in.
Of files that only the drafter reads the hashes are kept apart, since what a model answers does not rest on them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from beai.core.suggest.exchange import Request, SourceRole
from beai.core.suggest.pack import Kind, Pack, Window, pack
from beai.core.text import one_line

Sum = tuple[str, str, str]
"""A part's kind, its name, and the hash of its text."""

_WIDE = Window(100_000_000, 8_192, "of recordings")
_PRINTED = frozenset({Kind.FAILING, Kind.ATTEMPTS})
_CHANCE = re.compile(
    r"(?:file://)?/(?:[\w.@+~-]+/)+"  # the folder of a file, from the root of the disk
    r"|\b\d+(?:\.\d+)? ?(?:ms|µs|s|sec|seconds|min)\b"
    r"|\b\d{4}-\d\d-\d\dT[\d:.]+Z?|\b\d\d:\d\d:\d\d(?:\.\d+)?"
    r"|(?<=localhost):\d{2,5}\b|(?<=127\.0\.0\.1):\d{2,5}\b"
    r"|\b0x[0-9a-fA-F]{4,16}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
)
_LENGTH = 16  # hexadecimal digits of a hash that is only compared


@dataclass(frozen=True, slots=True)
class Stamp:
    """The hashes of one request: of what a model is sent, and of the files that go along for the drafter alone."""

    parts: tuple[Sum, ...]
    beside: tuple[Sum, ...] = ()

    def whole(self, drafted: bool) -> str:
        """One hash of everything that the answer rests on, which for a draft is more."""
        return _sum(repr((self.parts, self.beside if drafted else ())))

    def differences(self, now: Stamp, drafted: bool) -> tuple[str, ...]:
        """What is other ``now``, each in words, in the order in which it is sent."""
        then, there = self._named(drafted), now._named(drafted)
        other = [one for one in there if one in then and then[one] != there[one]]
        new, gone = [one for one in there if one not in then], [one for one in then if one not in there]
        changed = [_DIFFERS.get(kind) or f"{_called(kind, name)} {_verb(kind)}" for kind, name in other]
        return (
            *changed,
            *(f"{_called(kind, name)} is new" for kind, name in new),
            *(f"{_called(kind, name)} is gone" for kind, name in gone),
        )

    def _named(self, drafted: bool) -> dict[tuple[str, str], str]:
        """Each part by its kind and name, with its hash; those that share a name have one hash."""
        found: dict[tuple[str, str], str] = {}
        for kind, name, said in (*self.parts, *(self.beside if drafted else ())):
            found[kind, name] = f"{found.get((kind, name), '')} {said}"
        return found


def stamped(request: Request) -> tuple[Stamp, Pack]:
    """The stamp of ``request``, and the pack that it was taken of."""
    packed = pack(replace(request, nonce=""), _WIDE)
    parts = tuple(
        (part.kind.value, part.name, _sum(_CHANCE.sub("…", part.text) if part.kind in _PRINTED else part.text))
        for part in packed.parts
    )
    siblings = (source for source in request.sources if source.role is SourceRole.SIBLING)
    return Stamp(parts, tuple((Kind.FILE.value, source.path, _sum(source.text)) for source in siblings)), packed


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


_DIFFERS: dict[str, str] = {
    Kind.ROLE: "beai's own words on the role differ",
    Kind.PROTOCOL: "beai's own words on the form of a reply differ",
    Kind.ASK: "the step that is asked for differs",
    Kind.ATTEMPTS: "what was told of earlier proposals differs",
    Kind.ANSWERS: "the answers to questions differ",
    Kind.FAILING: "what the tests printed differs",
    Kind.API: "the map of the API differs",
    Kind.SCHEMA: "the database schema changed",
}
_CALLED: dict[str, str] = {Kind.RULE: "rule {}", Kind.DOCUMENT: "document {}"}


def _verb(kind: str) -> str:
    return "differs" if kind == Kind.RULE else "changed"


def _called(kind: str, name: str) -> str:
    return _CALLED.get(kind, "{}").format(one_line(name, 120))
