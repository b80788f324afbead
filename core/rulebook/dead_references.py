"""References that lead nowhere, told from the many words with an ``@`` that are none.

An unknown ``@word`` may be a handle, a decorator, an at-rule of CSS, a tag. It counts as a dead reference when it is
written as a rule is: with ``.mdc``, in a folder of rules, a letter or two away from a rule's name, or in snake case
and among references that do lead somewhere.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from beai.core.project.facts import RuleFile
from beai.core.rulebook.closure import Names
from beai.core.rulebook.dead_paths import Places
from beai.core.rulebook.flaws import Flaw, FlawKind
from beai.core.rulebook.links import stands_for
from beai.core.rulebook.references import Reference, cited, plain

_SNAKE = re.compile(r"[a-z]{2,}(?:_[a-z0-9]+)+")
_FILE = re.compile(r"[\w.-]+\.(?:ts|tsx|js|jsx|mjs|cjs|md|mdx|prisma|sql)")
_LEADS = re.compile(
    r"\b(?:per|see|follow|following|adhere(?:s|ing)? to|according to|defined in|described in|as in|refer(?:s|ring)? to"
    r"|consult|rules? in)\s{1,3}[*_(\[]{0,3}$",
    re.IGNORECASE,
)
_NEAR = 0.86
_MOST = 300  # names of one file that are looked at: more were not written by anybody
_ENOUGH = 2  # references of a file that lead somewhere, from which an unknown one beside them is meant as one


def dead_references(own: Sequence[RuleFile], rules: Sequence[RuleFile], places: Places) -> Iterator[Flaw]:
    """Every reference of ``own`` that was meant for a rule and leads to none."""
    names = Names(rules, stands_for(rules))
    folders = {part for rule in own for part in posixpath.dirname(rule.path).split("/")[2:]}
    known = sorted({rule.name for rule in rules})
    for rule in own:
        lines = plain(rule.text).split("\n")
        dead: dict[str, Reference] = {}
        live = 0
        for reference in cited(rule.text):
            moved = (
                reference.raw.endswith(".mdc") and "/" in reference.raw and not places.holds(reference.raw, rule.path)
            )
            if names.find(reference, rule.path) and not moved:
                live += 1
            elif not places.holds(reference.raw, rule.path):
                dead.setdefault(reference.raw, reference)
        for reference in islice(dead.values(), _MOST):
            line = lines[reference.line - 1] if reference.line <= len(lines) else ""
            if near := _meant(reference, line, known, folders, live):
                fix = f"@{near} is meant, it seems." if near in known else ""
                message = f"{'' if reference.link else '@'}{reference.raw} leads to no rule."
                yield Flaw(FlawKind.DEAD_REFERENCE, rule.path, rule.begins + reference.line - 1, message, fix)


def _meant(reference: Reference, line: str, known: Sequence[str], folders: set[str], live: int) -> str:
    """The name that was meant, or the word itself where it can only be a rule; ``""`` where it need not be one."""
    at = line.find(f"@{reference.raw}")
    after = line[at + len(reference.raw) + 1 :] if at >= 0 else ""
    if after[:1] in ("(", "/", "@", "{"):
        return ""
    if reference.raw.endswith(".mdc"):
        return _near(reference.base, known) or reference.base
    if reference.link:
        return ""
    if "/" in reference.name:
        return (_near(reference.base, known) or reference.base) if reference.name.split("/")[0] in folders else ""
    if _FILE.fullmatch(reference.raw):
        return reference.base
    if "." in reference.name:
        return ""
    if near := _near(reference.base, known):
        return near
    snake = bool(_SNAKE.fullmatch(reference.base)) and live >= 1
    led = live >= _ENOUGH and at >= 0 and bool(_LEADS.search(line[:at])) and reference.base.islower()
    return reference.base if snake or led else ""


def _near(name: str, known: Sequence[str]) -> str:
    if len(name) < 5:
        return ""
    found = get_close_matches(name[:80], known, 1, _NEAR)
    return found[0] if found else ""
