"""Lessons and errors are text in the fields that the rule files ask for, proposed for a person to paste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class Lesson:
    """One entry for ``lessons_learned``; the fields are the entry format's, in its order."""

    on: date
    topic: str
    context: str
    insight: str
    action: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One entry for ``error_documentation``; the fields are the entry format's, in its order."""

    on: date
    symptom: str
    environment: str
    investigation: str
    cause: str
    resolution: str
    prevention: str
    keywords: tuple[str, ...] = ()


_LESSON = ("Date", "Topic/Pattern", "Context/Source", "Lesson/Insight/Decision", "Implications/Action", "Keywords")
_ERROR = (
    "Date Reported",
    "Error Symptom/Message",
    "Context/Environment",
    "Suspected Root Cause(s) & Investigation Steps",
    "Confirmed Root Cause",
    "Resolution",
    "Preventative Measures/Lessons",
    "Keywords",
)


def entry(record: Lesson | ErrorEntry) -> str:
    """The entry as Markdown: one bullet per field; a field with nothing in it says so."""
    labels = _LESSON if isinstance(record, Lesson) else _ERROR
    values = [getattr(record, field.name) for field in fields(record)]
    return "".join(f"- **{label}:** {_text(value)}\n" for label, value in zip(labels, values, strict=True))


def _text(value: str | date | Sequence[str]) -> str:
    match value:
        case date():
            return value.isoformat()
        case str():
            lines = [line.rstrip() for line in value.strip().splitlines()]
            return "\n  ".join(lines) or "not recorded"
        case _:
            return ", ".join(value) or "not recorded"
