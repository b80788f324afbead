"""A commit message is composed from facts, in the form of Conventional Commits 1.0.0, and an edited one is checked."""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Sequence

from beai.core.edits.policy import is_test_side
from beai.core.project.facts import Task
from beai.core.record.trailers import Trailers
from beai.core.record.trailers import lines as trailer_lines
from beai.core.suggest.exchange import CaseIdea
from beai.core.text import clip, one_line

TYPES = ("feat", "fix", "docs", "style", "refactor", "test", "chore")
SUBJECT_WIDTH = 72
BODY_WIDTH = 100  # commitlint, @commitlint/config-conventional: body-max-line-length
TOKEN_TRAILER = "Beai-Session"

_SUBJECT = re.compile(r"(?P<type>[A-Za-z]+)(\((?P<scope>[^()\s]+)\))?!?: (?P<words>\S.*)")
_PROCEDURE = re.compile(r"`([a-z]\w*(?:\.[a-z]\w*)+)(?:\(\))?`|\b([a-z]\w*\.[a-z]+[A-Z]\w*)\b")
_FILE_ENDING = re.compile(r"\.(ts|tsx|js|mjs|cjs|md|mdc|prisma|json|ya?ml|sql|test|spec)$")
_TEST_FILE = re.compile(r"(^|/)__tests?__/|\.(?:\w*-?test|spec|servertest|clienttest)\.[cm]?[jt]sx?$|(^|/)tests?/")
_ROUTER_SUFFIX = re.compile(r"[-_.]?(router|procedures?|handler|schema)$", re.IGNORECASE)
_TRAILER = re.compile(r"[A-Za-z][A-Za-z-]*: \S.*")
_DANGLING = frozenset(
    (
        *("a", "an", "and", "as", "at", "by", "for", "from", "if", "in", "is", "no"),
        *("not", "of", "on", "or", "so", "than", "that", "the", "to", "when", "where", "with"),
    )
)
_ACTIVE = {"rejected": "reject", "refused": "refuse", "returned": "return", "ignored": "ignore", "removed": "remove"}
_PASSIVE = re.compile(rf"(?P<what>.{{1,300}}?) (?:is|are) (?P<verb>{'|'.join(_ACTIVE)})\b(?P<rest>.*)")
_VERBS = {
    "feat": "add",
    "fix": "correct",
    "docs": "describe",
    "style": "format",
    "refactor": "restructure",
    "test": "cover",
    "chore": "update",
}
_STARTS = (
    *("add", "allow", "change", "correct", "cover", "create", "delete", "describe", "drop", "expose", "extend", "fix"),
    *(
        "format",
        "give",
        "implement",
        "improve",
        "introduce",
        "let",
        "list",
        "make",
        "move",
        "read",
        "refactor",
        "reject",
    ),
    *("remove", "rename", "replace", "restructure", "return", "rework", "show", "split", "support", "toggle", "update"),
    *("use", "validate", "write"),
)


def compose(
    task: Task,
    cases: Sequence[tuple[str, CaseIdea]],
    paths: Sequence[str],
    *,
    told: Trailers,
    kind: str = "",
    words: str = "",
) -> str:
    """The message of the commit that settles ``cases`` of ``task`` with changes in ``paths``.

    ``told`` becomes its trailers, of which the session's is the one by which a resumed commit is recognised; ``kind``
    overrules the type that is guessed from the task and the paths, and ``words``
    what the subject says after it.
    """
    kind = kind or commit_type(task, paths)
    named = _procedure(task)
    scope = _scope(named, paths)
    head = f"{kind}({scope}): " if scope else f"{kind}: "
    subject = head + _shorten(words or _words(task, kind, named), SUBJECT_WIDTH - len(head))
    body = [line for case in cases for line in _case_lines(*case)]
    blocks = [subject, "\n".join(body), "\n".join(trailer_lines(told))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def commit_type(task: Task, paths: Sequence[str]) -> str:
    """The Conventional Commits type: by the paths where they leave no doubt, else by the task's own words."""
    if paths and all(path.endswith((".md", ".mdc")) for path in paths):
        return "docs"
    code = [path for path in paths if not path.endswith((".md", ".mdc"))]
    if code and all(_TEST_FILE.search(path) for path in code):
        return "test"
    title = task.title.lower()
    if re.search(r"\b(fix|fixes|bug|correct|repair|regression)\b", title):
        return "fix"
    if re.search(r"\b(refactor|restructure|rename|extract|clean up|split)\b", title):
        return "refactor"
    return "chore" if re.search(r"\b(bump|upgrade|dependency|dependencies|ci|tooling)\b", title) else "feat"


def case_words(task: Task, idea: CaseIdea, kind: str) -> str:
    """What the subject of a commit for one case says: what the procedure does now, in the imperative."""
    named, text = _procedure(task).rpartition(".")[2], one_line(idea.text).replace("`", "").strip(" .")
    text = text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    verb, _, rest = text.partition(" ")
    if plain := _imperative(verb):
        if kind == "test":
            return f"show that {named or 'it'} {text}"
        return f"{f'let {named} ' if named else ''}{plain} {rest}".strip()
    if named and (passive := _PASSIVE.fullmatch(text)):
        said = f"{_ACTIVE[passive['verb']]} {passive['what']}{passive['rest'].split(',')[0]}"
        return f"show that {named} {said.replace(' ', 's ', 1)}" if kind == "test" else f"let {named} {said}"
    return f"{_VERBS.get(kind, 'change')} {named}, {text}" if named else f"{_VERBS.get(kind, 'change')} {text}"


def refactor_words(task: Task) -> str:
    """What the subject of the commit of a refactoring says."""
    return f"{_VERBS['refactor']} {_procedure(task) or f'the code of {one_line(task.id)}'}"


def record_words(task: Task) -> str:
    """What the subject of the commit of a task's documents says."""
    return f"record the work on {one_line(task.id)}"


def check(
    message: str, task_id: str = "", token: str = "", paths: Sequence[str] = (), weakened: Sequence[str] = ()
) -> tuple[str, ...]:
    """What is wrong with a message that a person edited, one sentence each; nothing wrong is no sentence.

    ``paths`` are what the commit holds, ``weakened`` the tests in it that may assert less than before.
    """
    lines = message.rstrip().split("\n")
    subject = lines[0]
    if not subject.strip():
        return ("The message has no subject line.",)
    trailers = _trailers(lines)
    wide = [number for number, line in enumerate(lines[1:], 2) if len(line) > BODY_WIDTH and "://" not in line]
    findings = (
        *_subject_findings(subject),
        "The second line must be blank." if len(lines) > 1 and lines[1].strip() else "",
        f"Line {wide[0]} is longer than {BODY_WIDTH} characters." if wide else "",
        f"The trailer 'Task: {task_id}' is missing." if task_id and f"Task: {task_id}" not in trailers else "",
        f"The trailer '{TOKEN_TRAILER}: {token}' is missing: an interrupted commit could be made twice."
        if token and f"{TOKEN_TRAILER}: {token}" not in trailers
        else "",
        _misnamed(subject, paths, weakened),
    )
    return tuple(finding for finding in findings if finding)


def carries(message: str, token: str) -> bool:
    """Whether ``message`` holds ``token`` as a trailer's value, or as a whole trailer."""
    lines = {line.strip() for line in message.splitlines()}
    return bool(token) and (token in lines or f"{TOKEN_TRAILER}: {token}" in lines)


def _misnamed(subject: str, paths: Sequence[str], weakened: Sequence[str]) -> str:
    """Whether the commit is of another type than it says: one of tests alone, or one that leaves all of them alone."""
    read = _SUBJECT.fullmatch(subject)
    code = next((path for path in paths if not is_test_side(path)), "")
    match read["type"] if read else "":
        case "test" if code:
            return f"A commit of type test holds tests alone, and {code} is none."
        case "refactor" if weakened:
            return f"A refactoring leaves assertions as they are, and {weakened[0]} was accepted against a warning."
        case _:
            return ""


def _subject_findings(subject: str) -> tuple[str, ...]:
    read = _SUBJECT.fullmatch(subject)
    if not read:
        form = f"The subject must read 'type(scope): words', with a type of {', '.join(TYPES)}."
        return (form,) if len(subject) <= SUBJECT_WIDTH else (form, _too_long(subject))
    known = read["type"] in TYPES
    return (
        "" if known else f"'{read['type']}' is no commit type; use one of {', '.join(TYPES)}.",
        _too_long(subject) if len(subject) > SUBJECT_WIDTH else "",
        "The subject must not end with a full stop." if subject.rstrip().endswith(".") else "",
    )


def _too_long(subject: str) -> str:
    return f"The subject has {len(subject)} characters; {SUBJECT_WIDTH} is the most."


def _trailers(lines: Sequence[str]) -> tuple[str, ...]:
    """The last paragraph, where every line of it is a trailer (git-interpret-trailers)."""
    last: list[str] = []
    for line in reversed(lines[1:]):
        if not line.strip():
            break
        last.append(line.strip())
    return tuple(last) if last and all(_TRAILER.fullmatch(line) for line in last) else ()


def _procedure(task: Task) -> str:
    """The procedure that the task names first, as a caller writes it, or ``""``."""
    for text in (task.title, task.description):
        for found in _PROCEDURE.finditer(text):
            name = found[1] or found[2]
            if not _FILE_ENDING.search(name) and not name.startswith(("ctx.", "db.", "prisma.", "z.", "e.g", "i.e")):
                return name
    return ""


def _scope(procedure: str, paths: Sequence[str]) -> str:
    if procedure:
        return procedure.split(".")[-2]
    code = [path for path in paths if path.endswith((".ts", ".tsx", ".js", ".mjs"))]
    first = next((path for path in code if not _TEST_FILE.search(path)), code[0] if code else "")
    stem = posixpath.basename(first).split(".")[0]
    if stem in ("", "index", "root", "_app", "trpc", "_router"):
        return ""
    return re.sub(r"[^\w-]", "", _ROUTER_SUFFIX.sub("", stem))


def _words(task: Task, kind: str, procedure: str) -> str:
    if procedure and kind in ("feat", "test"):
        return f"{_VERBS[kind]} {procedure}"
    title = one_line(task.title).rstrip(". ") or one_line(task.id)
    first = title.split(" ", 1)[0]
    if first.lower() in _STARTS:
        return first.lower() + title[len(first) :]
    return f"{_VERBS.get(kind, 'change')} {title}"


def _shorten(words: str, width: int) -> str:
    """``words`` cut at a word's end, without an ellipsis: a subject is a sentence of its own."""
    if len(words) <= width:
        return words
    kept = words[: width + 1].split(" ")[:-1]
    while kept and kept[-1].lower().rstrip(",;:") in _DANGLING:
        kept.pop()
    return " ".join(kept).rstrip(" ,;:") or clip(words, width)


def _imperative(verb: str) -> str:
    """A verb as ``rejects`` without its ending, ``""`` where it is none in the third person."""
    if not re.fullmatch(r"[a-z]{3,}s", verb) or verb in ("this", "always", "perhaps") or verb.endswith(("ss", "us")):
        return ""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:ss|sh|ch|x|zz|o)es$", verb) else verb[:-1]


def _case_lines(case_id: str, idea: CaseIdea) -> list[str]:
    text = one_line(idea.text, 400)
    return textwrap.wrap(f"{case_id} {text}", SUBJECT_WIDTH, initial_indent="- ", subsequent_indent="  ")
