"""Events to JSON and back, losslessly, for the journal and for ``--json``."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.strategies import configure_tagged_union

from beai.core.edits.change import Change, Edit
from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Deed
from beai.core.loop.events.facts import Fact
from beai.core.loop.events.seen import Seen
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, NothingToDo, ProposeCases, Reply

Value = TypeVar("Value")
Journalled = Fact | Deed | Seen
Answered = (
    ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe
)  # the union that ``Replied.reply`` is annotated with
Said = Reply | Fault  # what a suggester answers, as a recording keeps it

TAG = "is"
_DAMAGED = (BaseValidationError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)


def encode(event: Event) -> str:
    """One event as one line of JSON; lone surrogates (undecodable bytes) survive as ``\\udcXX``."""
    return json.dumps(_converter().unstructure(event, Journalled), ensure_ascii=True, separators=(",", ":"))


def decode(line: str) -> Event:
    """The event that ``encode`` wrote. Raises ValueError where the line is another version's or damaged."""
    try:
        event: Event = _converter().structure(json.loads(line), Journalled)  # type: ignore[arg-type]
    except _DAMAGED as error:
        raise ValueError(f"not an event of this version: {line[:80]}") from error
    return event


def text_of(value: object) -> str:
    """Any of our values as one line of JSON."""
    return json.dumps(plain(value), ensure_ascii=True, separators=(",", ":"))


def value_of(kind: type[Value], text: str) -> Value:
    """The value that ``text_of`` wrote. Raises ValueError where the text is another version's or damaged."""
    try:
        return _converter().structure(json.loads(text), kind)
    except _DAMAGED as error:
        raise ValueError(f"no {kind.__name__} of this version: {text[:80]}") from error


def plain(value: object) -> Any:
    """Any of our values as plain JSON data."""
    return _converter().unstructure(value)


@lru_cache(maxsize=1)
def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    for union in (Edit, Answered, Said, Journalled):
        configure_tagged_union(union, converter, tag_name=TAG, tag_generator=_name)
    return converter


def _name(kind: type) -> str:
    return kind.__name__
