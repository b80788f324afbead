"""``tasks/active_context.md`` as the product needs it, and an additive entry in the file's own style."""

from __future__ import annotations

import re
from collections.abc import Iterable

from beai.core.project.facts import ActiveContext, Section
from beai.core.project.markdown import Line, headings, items, lines, own_text, plain, sections

_BRANCH = re.compile(
    r"\bbranch\b[^:\n`]{0,40}(?:[:：][*_]{0,2}[ \t]*|[ \t]+(?=`))[*_]{0,2}(?:`([^`\s]{1,200})`|([\w./#-]{2,200}))", re.I
)
_BRANCH_NAME = re.compile(r"`([\w./#-]{2,200})`|^\W*([\w.-]+/[\w./#-]+)", re.MULTILINE)
_NOTHING = re.compile(r"^\W*(?:none|no blockers?|nothing|n/a|-+)\b[^\n]{0,60}$", re.IGNORECASE)
_LOG = re.compile(
    r"recent (?:changes?|progress|updates?|work)|^\W*(?:progress|change ?log|changes|updates|history|log)\b", re.I
)
_LOG_ITEM = re.compile(
    r"^([ \t]*[-*+][ \t]+)([*_`\[(]{0,3})(\d{4}-\d{2}-\d{2})([*_`\])]{0,3})([ \t]*(?:[:：–—-][*_]{0,2}[ \t]*)?)"
)
_BULLET = re.compile(r"^([ \t]*)([-*+])([ \t]+)")
_STEP = re.compile(r"^[ \t]*(?:[-*+]|\d{1,4}[.)])[ \t]+(\[[ xX]\])?")
_DONE = " (done)"
_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{1,}[ \t]*:?[ \t]*\|[-:| \t]*$")
_DATE = re.compile(r"\bdate\b|\bday\b|\bwhen\b|日付|日期|날짜|fecha|data\b|datum|дата", re.IGNORECASE)
_TOLD = re.compile(r"change|what|entry|progress|update|summary|note|description|event", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_HOLDS = r"block|impediment|ブロッカー|阻塞|차단|bloqueo|bloqueio|hindernis|блокер"
_TITLES = {
    "focus": re.compile(
        r"focus|current (?:sprint|work|task|goal)|^\W*(?:sprint )?goal|焦点|目標|当前|foco|фокус", re.IGNORECASE
    ),
    "decisions": re.compile(r"decision|decid|決定|决定|결정|decisi[oó]n|decis[õã]|entscheidung|решени", re.IGNORECASE),
    "blockers": re.compile(
        rf"{_HOLDS}|open (?:issues|questions)|risk",
        re.IGNORECASE,
    ),
    "holds": re.compile(_HOLDS, re.IGNORECASE),
    "links": re.compile(r"\blinks?\b|references|documents|resources|related|参照|リンク|enlaces|ссылки", re.IGNORECASE),
    "next": re.compile(
        r"next|to[ -]?do|upcoming|次の|下一步|다음|siguiente|próxim|nächste|prochain|следующ", re.IGNORECASE
    ),
}


def read_context(path: str, text: str) -> ActiveContext:
    """What ``text`` says; a part that has no section stays empty."""
    found = sections(text)
    focus = next((own for section in _named(found, "focus") if (own := own_text(section).strip())), "")
    return ActiveContext(
        path=path,
        branch=branch_of(text, found),
        focus=focus,
        decisions=_items(found, "decisions"),
        blockers=_items(found, "blockers"),
        holds=_items(found, "holds"),
        next_steps=_items(found, "next"),
        links=_items(found, "links"),
        sections=found,
    )


def branch_of(text: str, found: tuple[Section, ...]) -> str:
    """The branch a line labels as such, or the one below a heading that says branch."""
    prose = "\n".join(
        line.text for line in lines(text) if line.fence is None and not line.text.lstrip().startswith("#")
    )
    for match in _BRANCH.finditer(prose):
        name = (match.group(1) or match.group(2)).rstrip(".")
        if not _NOTHING.match(name):
            return name
    for section in found:
        below = _BRANCH_NAME.search(own_text(section)) if "branch" in section.title.lower() else None
        if below:
            return below.group(1) or below.group(2)
    return ""


def with_progress(text: str, context: ActiveContext, line: str, *, date: str = "", task: str = "") -> str:
    """``text`` with one dated bullet added, and the next step that names ``task`` marked as done; nothing else changes.

    The bullet goes to the section that logs changes, where its newest entry stands and in its style; without such a
    section one is made at the end. ``date`` is written as given, ``""`` for none.
    """
    if task:
        text = _with_step_done(text, task)
    end = "\r\n" if "\r\n" in text else "\n"
    found = lines(text)
    log = next((section for section in context.sections if _LOG.search(section.title)), None)
    heads = headings(found)
    head = next((head for head in heads if log and head.title == log.title and head.level == log.level), None)
    entry = " ".join(line.split())
    if head is None:
        level = min((head.level for head in heads if head.level > 1), default=2)
        gap = "" if not text else end if text.endswith("\n") else end * 2
        return f"{text}{gap}{'#' * level} Recent changes{end}{end}{_dated('- ', date, entry)}{end}"
    stop = next((other.line for other in heads if other.line > head.line), len(found))
    return _insert(text, found[head.line + 1 : stop], found[head.line], date, entry, end)


def with_step_done(text: str, task: str) -> str:
    """``text`` with the next step that names ``task`` marked as done; nothing else changes."""
    return _with_step_done(text, task)


def with_item(text: str, part: str, line: str) -> str:
    """``text`` with one bullet more below the heading for ``part`` (``decisions`` or ``blockers``), in its style.

    A line that says that there is none gives way to it; without such a heading one is made at the end.
    """
    found, entry = lines(text), " ".join(line.split())
    end = "\r\n" if "\r\n" in text else "\n"
    heads = headings(found)
    at = next((n for n, head in enumerate(heads) if head.level > 1 and _TITLES[part].search(head.title)), None)
    if at is None:
        level = min((head.level for head in heads if head.level > 1), default=2)
        gap = "" if not text else end if text.endswith("\n") else end * 2
        return f"{text}{gap}{'#' * level} {part.capitalize()}{end}{end}- {entry}{end}"
    body = found[heads[at].line + 1 : heads[at + 1].line if at + 1 < len(heads) else len(found)]
    told = [one for one in body if one.text.strip() and one.fence is None]
    bullets = [one for one in told if (match := _BULLET.match(one.text)) and not match.group(1)]
    if len(told) == 1 and _NOTHING.match(told[0].text):
        start = told[0].start
        return f"{text[:start]}- {entry}{text[start + len(told[0].text) :]}"
    bullet = match.group() if bullets and (match := _BULLET.match(bullets[-1].text)) else "- "
    last = told[-1] if told else None
    offset = last.start + len(last.text) if last is not None else found[heads[at].line].start
    if last is None:
        offset += len(found[heads[at].line].text)
    gap = end if bullets else end * 2
    return f"{text[:offset]}{gap}{bullet}{entry}{text[offset:]}"


def _insert(text: str, body: tuple[Line, ...], head: Line, date: str, entry: str, end: str) -> str:
    if row := _row(text, body, date, entry, end):
        return row
    bullets = [
        line for line in body if line.fence is None and (match := _BULLET.match(line.text)) and not match.group(1)
    ]
    dated = [(line, match) for line in bullets if (match := _LOG_ITEM.match(line.text))]
    if not bullets:
        offset = head.start + len(head.text)
        return f"{text[:offset]}{end}{end}{_dated('- ', date, entry)}{text[offset:]}"
    oldest_first = len(dated) > 1 and dated[0][1].group(3) < dated[-1][1].group(3)
    style = dated[-1 if oldest_first else 0][1] if dated else None
    if style and date:
        written = f"{style.group(1)}{style.group(2)}{date}{style.group(4)}{style.group(5) or ' '}{entry}"
    else:
        match = _STEP.match(bullets[0].text)
        box = "[x] " if match and match.group(1) else ""
        bullet = _BULLET.match(bullets[0].text)
        written = _dated((bullet.group() if bullet else "- ") + box, date, entry)
    if not oldest_first:
        return f"{text[: bullets[0].start]}{written}{end}{text[bullets[0].start :]}"
    last = next(line for line in reversed(body) if line.text.strip())
    offset = last.start + len(last.text)
    return f"{text[:offset]}{end}{written}{text[offset:]}"


def _row(text: str, body: tuple[Line, ...], date: str, entry: str, end: str) -> str:
    """``text`` with a row in the table that is the log, where it has a column for a date; ``""`` where it has none."""
    rule = next((at for at, line in enumerate(body) if _RULE.match(line.text)), None)
    if rule is None or rule == 0 or any(_BULLET.match(line.text) for line in body[:rule]):
        return ""
    columns = [cell.strip().lower() for cell in body[rule - 1].text.strip().strip("|").split("|")]
    dated = next((at for at, name in enumerate(columns) if _DATE.search(name)), None)
    told = next((at for at, name in enumerate(columns) if at != dated and _TOLD.search(name)), None)
    told = next((at for at in range(len(columns)) if at != dated), None) if told is None else told
    if dated is None or told is None:
        return ""
    cells = ["" for _ in columns]
    cells[dated], cells[told] = date, entry.replace("|", "\\|")
    edge = "|" if body[rule].text.lstrip().startswith("|") else ""
    row = f"| {' | '.join(cells)} |" if edge else " | ".join(cells)
    rows = []
    for line in body[rule + 1 :]:
        if "|" not in line.text:
            break
        rows.append(line)
    days = [match.group() for line in rows if (match := _DAY.search(line.text))]
    below = rows[-1] if len(days) > 1 and days[0] < days[-1] else body[rule]
    offset = below.start + len(below.text)
    return f"{text[:offset]}{end}{row}{text[offset:]}"


def _dated(bullet: str, date: str, entry: str) -> str:
    return f"{bullet}{date}: {entry}" if date else f"{bullet}{entry}"


def _with_step_done(text: str, task: str) -> str:
    found = lines(text)
    heads = headings(found)
    named = re.compile(rf"(?<![\w-]){re.escape(task)}(?![\w-])")
    for at, head in enumerate(heads):
        if not _TITLES["next"].search(head.title):
            continue
        stop = heads[at + 1].line if at + 1 < len(heads) else len(found)
        for line in found[head.line + 1 : stop]:
            step = _STEP.match(line.text)
            if step is None or line.fence is not None or not named.search(line.text) or line.text.endswith(_DONE):
                continue
            if step.group(1):
                offset = line.start + step.start(1)
                return f"{text[:offset]}[x]{text[offset + 3 :]}"
            offset = line.start + len(line.text.rstrip())
            return f"{text[:offset]}{_DONE}{text[offset:]}"
    return text


def _named(found: Iterable[Section], part: str) -> list[Section]:
    return [section for section in found if section.level > 1 and _TITLES[part].search(section.title)]


def _items(found: tuple[Section, ...], part: str) -> tuple[str, ...]:
    texts = (item for section in _named(found, part) for item in items(own_text(section)))
    return tuple(dict.fromkeys(text for text in texts if plain(text) and not _NOTHING.match(text)))
