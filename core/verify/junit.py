"""An outcome as JUnit XML, which CI servers show as tests: each commit is a case, and its errors are failures.

The form is what GitLab ("Unit test reports") and Jenkins read: one ``failure`` of a case, the rest in its text.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from beai.core.text import printable
from beai.core.verify.finding import Finding, Level
from beai.core.verify.outcome import Checked, Outcome

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(outcome: Outcome, strict: bool) -> bytes:
    """The file, in UTF-8."""
    fails = [_fails(one, strict) for one in outcome.commits]
    count = {"tests": str(len(fails)), "failures": str(sum(map(bool, fails))), "errors": "0", "skipped": "0"}
    seconds = {"time": f"{sum(one.ms for one in outcome.commits) / 1000:.3f}"}
    root = ET.Element("testsuites", {"name": "beai verify", **count, **seconds})
    suite = ET.SubElement(root, "testsuite", {"name": _clean(f"beai verify {outcome.label}"), **count, **seconds})
    for one, against in zip(outcome.commits, fails, strict=True):
        _case(suite, one, against)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _case(suite: ET.Element, one: Checked, against: list[Finding]) -> None:
    named = {
        "classname": "beai.verify",
        "name": _clean(f"{one.sha[:10]} {one.subject}"),
        "time": f"{one.ms / 1000:.3f}",
    }
    case = ET.SubElement(suite, "testcase", named if not one.at else {**named, "file": _clean(one.at)})
    if against:
        first = _clean(f"{against[0].rule}: {against[0].message}")
        failure = ET.SubElement(case, "failure", {"type": against[0].rule, "message": first})
        failure.text = _clean("\n".join(_line(found) for found in against))
    others = [found for found in one.findings if found not in against]
    if others:
        ET.SubElement(case, "system-out").text = _clean("\n".join(_line(found) for found in others))


def _fails(one: Checked, strict: bool) -> list[Finding]:
    grave = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    return [found for found in one.findings if found.level in grave and not found.accepted]


def _line(one: Finding) -> str:
    place = f"{one.path}:{one.line}: " if one.line else f"{one.path}: " if one.path else ""
    word = "accepted" if one.accepted else one.level.value
    return f"{word} {one.rule}: {place}{one.message} {one.remedy}"


def _clean(text: str) -> str:
    """Without what no XML 1.0 document may hold (section 2.2)."""
    return _NO_XML.sub("�", printable(text))
