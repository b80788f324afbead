"""The last look at what is about to leave: is any secret still in it, in whatever form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.privacy.armour import armoured
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.privacy.shapes import known
from beai.core.suggest.privacy.values import spans

_DEEPEST = 60


def leaks(text: str, secrets: Sequence[Secret]) -> tuple[str, ...]:
    """The names of secrets, and the kinds of keys, that are in ``text``; empty where nothing is."""
    found = [name for _, _, name in spans(text, secrets)]
    found += [name for _, _, name in known(text)]
    found += ["private key" for _ in armoured(text)]
    return tuple(dict.fromkeys(found))


def leaks_in_body(body: bytes, secrets: Sequence[Secret]) -> tuple[str, ...]:
    """The same of the bytes of a request: as they are, and in every string of theirs where they are JSON."""
    text = body.decode("utf-8", "surrogateescape")
    found = [name for _, _, name in spans(text, secrets)]
    try:
        strings = list(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        strings = [text]
    found += [name for one in strings for name in leaks(one, secrets)]
    return tuple(dict.fromkeys(found))


def refusal(texts: Iterable[tuple[str, str]], secrets: Sequence[Secret]) -> Fault | None:
    """Why nothing is sent: the first of the named ``texts`` that still holds a secret; None where none does."""
    for part, text in texts:
        if found := leaks(text, secrets):
            return refused(found, part)
    return None


def refused(names: Sequence[str], part: str) -> Fault:
    """The fault of a request that still holds the secrets of these ``names``; it never says a value."""
    said = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return Fault(
        FaultKind.REFUSED,
        f"Nothing was sent: {part} still holds the value of {said}.",
        remedy="Take it out of the text, or report this: it should have been masked.",
    )


def _strings(value: object) -> Iterator[str]:
    """The strings of a JSON value, names included; of text in blocks also all of it in one."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict) and depth < _DEEPEST:
            waiting += [(inner, depth + 1) for pair in one.items() for inner in pair]
        elif isinstance(one, list) and depth < _DEEPEST:
            blocks = [each.get("text") for each in one if isinstance(each, dict)]
            if len(blocks) > 1 and all(isinstance(each, str) for each in blocks):
                yield "".join(map(str, blocks))
            waiting += [(inner, depth + 1) for inner in one]
