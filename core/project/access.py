"""Who may call a procedure: what the middlewares of a chain throw and ask for, read from their own code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, Call, arguments, callees, literal, property_name, unwrap
from beai.core.project.facts import Access, AccessLevel, Middleware
from beai.core.project.follow import Place, follow, made
from beai.core.project.modules import Modules, Outside
from beai.core.project.refusals import PIPES, Force, Refusals, piped
from beai.core.project.roles import compared_roles
from beai.core.project.syntax import line_of

STEPS = frozenset({"use", "concat", "unstable_concat"})
_ROLE = re.compile(
    r"\brole\s*[!=]==?\s*[\"'](\w+)[\"']|[\"'](\w+)[\"']\s*[!=]==?\s*[\w.?!]{0,80}\brole\b"
    r"|(?:[!=]==?|[\[,(]|\bcase)\s*\w{0,40}Role\.(\w+)|roles?\w{0,20}\(\s*\[?\s*[\"'](\w+)[\"']"
    r"|(?:\bif\s*\(|\|\|)\s*!\s*[\w.?!]{0,80}\.(?:is)?(Admin|SuperUser|SuperAdmin|Staff|Moderator)\s*(?:\)|\|\|)"
    r"|(?:\bif\s*\(|\|\|)\s*[\w.?!]{0,80}\.(?:is)?(Admin|SuperUser|SuperAdmin|Staff|Moderator)\s*!==?\s*true\s*(?:\)|\|\|)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:enforce|require|is|assert|ensure|check|only|must\w{0,4})(Admin|SuperUser|SuperAdmin|Staff|Moderator)"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_:.\-]{2,60}")
_ASKS_FOR = re.compile(r"role|access|permission|scope|require|author|allow|can[A-Z]|ensure", re.IGNORECASE)
_NO_GUARD = re.compile(
    r"log|trac|timing|sentry|perf|metric|rate|limit|throttl|audit|cache|telemetry|otel|analytic|posthog|delay|debug"
    r"|monitor|instrument|error",
    re.IGNORECASE,
)
_NARROWS = re.compile(r"\bnext(?:<[^()]{0,200}>)?\(\s*\{\s*(?:\.\.\.\w+,\s*)?ctx\b")
_CODE = re.compile(
    r"\bcode:\s*[\"'](UNAUTHORIZED|FORBIDDEN|PAYMENT_REQUIRED|PRECONDITION_(?:FAILED|REQUIRED)|TOO_MANY_REQUESTS|NOT_FOUND"
    r"|SERVICE_UNAVAILABLE|BAD_REQUEST|CONFLICT|METHOD_NOT_SUPPORTED|TIMEOUT|UNPROCESSABLE_CONTENT)[\"']"
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_HOPS = 3
_LONGEST = 40_000  # characters of a middleware with all that it calls


@dataclass(frozen=True, slots=True)
class Judged:
    """What the middlewares of one chain make of the access they start from."""

    access: Access
    middlewares: tuple[Middleware, ...] = ()
    narrows: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """The text of a middleware with that of the functions it is made of, and the names that lead out of the files."""

    text: str
    lost: str = ""


class Guards:
    """Reads middlewares; each once."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._refusals = Refusals(modules)

    def judge(self, place: Place, calls: tuple[Call, ...], base: Access, owner: str, builder: str) -> Judged:
        """The access that ``calls`` leave when they begin from ``base``.

        ``owner`` is the builder or procedure that they belong to; ``builder``, ``""`` for a procedure, is what carries
        its middlewares, and decides where they raise it.
        """
        judged = Judged(base)
        for call in calls:
            for given in arguments(call.node) if call.method in STEPS else ():
                judged = self._with(judged, place.at(unwrap(given)), owner, builder)
        return judged

    def refuses(self, place: Place) -> str:
        """The word that a resolver's own code refuses with, at the first place where it surely or perhaps does."""
        return self._refusals.of(place, 0).word

    def _with(self, judged: Judged, given: Place, owner: str, builder: str) -> Judged:
        read = self._read(given)
        target = follow(self._modules, self._called(given))
        name = _name(given)
        refusal = self._refusals.of(given)
        compared = compared_roles(self._modules, made(self._modules, given) or given)
        roles = tuple(dict.fromkeys((*_roles(read.text), *compared.roles)))
        if refusal.force:
            roles = tuple(dict.fromkeys((*roles, *self._asked(given), *(roles or _NAMED.findall(name)))))
        before, where = judged.access, (target.module.path, line_of(target.node))
        said = f"`{name}`" if name else f"a middleware of `{owner}`"
        access = replace(before, guards=_further(before, read.text, ""))
        if (roles or compared.lost) and (refusal.force or before.level is not AccessLevel.PUBLIC):
            known = tuple(dict.fromkeys((*before.roles, *roles)))
            what = ", ".join(roles) or f"`{compared.lost}`, which could not be followed"
            access = Access(AccessLevel.ROLES, builder, f"{said} asks for {what}", known, *where)
            access = replace(access, guards=_further(before, read.text, "FORBIDDEN"))
        elif refusal.force is Force.SURE and before.level in (AccessLevel.PUBLIC, AccessLevel.UNKNOWN):
            access = Access(AccessLevel.SIGNED_IN, builder, f"{said} throws {refusal.word}", (), *where)
            access = replace(access, guards=_further(before, read.text, refusal.word))
        elif refusal.force is Force.PERHAPS and before.level is AccessLevel.PUBLIC:
            reason = f"{said} throws {refusal.word} only under `{refusal.condition}`"
            access = Access(AccessLevel.UNKNOWN, builder, reason, (), *where)
            access = replace(access, guards=_further(before, read.text, refusal.word))
        elif read.lost and before.level is AccessLevel.PUBLIC and not _NO_GUARD.search(name):
            access = Access(AccessLevel.UNKNOWN, builder, f"{said} {read.lost}", (), *where, access.guards)
        step = Middleware(name or "(inline)", *where, builder, bool(refusal.force))
        return Judged(
            access,
            (*judged.middlewares, step),
            judged.narrows or bool(_NARROWS.search(read.text)),
            (*judged.roles, *roles),
        )

    def _called(self, given: Place) -> Place:
        """The function behind ``withRole("X")``; a chain of a middleware's own (``t.middleware(…)``) stays itself."""
        callee = given.node.child_by_field_name("function") if given.node.type == "call_expression" else None
        if callee is None:
            return given
        target = follow(self._modules, given.at(callee))
        return target if target.node.type in (*FUNCTIONS, "method_definition") else given

    def _read(self, given: Place) -> _Read:
        target = follow(self._modules, self._called(given))
        lost = ""
        if target.node.type in ("identifier", "member_expression"):
            lost = self._outside(target, target.node)
        elif target.node.type == "call_expression":
            callee = target.node.child_by_field_name("function")
            code = target.module.syntax.code(callee) if callee is not None else ""
            if callee is not None and not code.endswith((".middleware", "middleware", *PIPES, "create")):
                lost = self._outside(target, callee)
        return _Read(self._code(given, _HOPS), lost)

    def _outside(self, place: Place, node: Node) -> str:
        code = place.module.syntax.code(node)
        found = self._modules.find(place.module, code.split(".")[0].split("(")[0])
        if isinstance(found, Outside):
            return f"comes from `{found.specifier}`, which is not among the files"
        return "could not be followed" if node.type in ("identifier", "member_expression") else ""

    def _code(self, place: Place, hops: int) -> str:
        """The text of a middleware, with that of the functions it is made of or calls, ``hops`` definitions deep."""
        target = follow(self._modules, place)
        path, start, end = target.range
        question = ("middleware text", path, str(start), str(end), str(hops))
        text = self._modules.inquiry.ask(question, lambda: self._gathered(target, hops), "")
        made_here = place.range != target.range and place.node.type == "call_expression"
        return f"{text}\n{place.module.syntax.code(place.node)}" if made_here else text

    def _gathered(self, target: Place, hops: int) -> str:
        self._modules.inquiry.note("text", target.module.path)
        parts = [_without_comments(target.module.syntax.code(target.node))]
        inner = [*callees(target.module.syntax, target.node).values(), *piped(target)] if hops else []
        for callee in inner:
            found = follow(self._modules, target.at(callee))
            if found.node.type in (*FUNCTIONS, "method_definition", "call_expression") and found.key != target.key:
                parts.append(self._code(found, hops - 1))
        return "\n".join(parts)[:_LONGEST]

    def _asked(self, given: Place) -> tuple[str, ...]:
        """The words that a middleware is made for: ``VIEWER`` of ``withTeamAccess("VIEWER")``."""
        callee = given.node.child_by_field_name("function") if given.node.type == "call_expression" else None
        syntax = given.module.syntax
        if callee is None or not _ASKS_FOR.search(syntax.code(callee)):
            return ()
        found: list[str] = []
        for argument in arguments(given.node):
            inner = unwrap(argument)
            for word in inner.named_children if inner.type == "array" else [inner]:
                meant = follow(self._modules, given.at(word))
                if meant.node.type == "string":
                    found.append(literal(meant.module.syntax, meant.node) or "")
                elif word.type == "member_expression":
                    found.append(property_name(syntax, word))
        return tuple(word for word in found if _WORD.fullmatch(word))


def _further(before: Access, text: str, decides: str) -> tuple[str, ...]:
    """The error codes that callers may still meet who get past what ``decides``."""
    codes = (code for code in _CODE.findall(text) if code not in (decides, "UNAUTHORIZED"))
    return tuple(dict.fromkeys((*before.guards, *codes)))


def _roles(text: str) -> tuple[str, ...]:
    return tuple(role for groups in _ROLE.findall(text) for role in groups if role)


def _without_comments(text: str) -> str:
    return _COMMENT.sub("", text)


def _name(given: Place) -> str:
    """A middleware's name, or the call that makes it, on one line; ``""`` for one that is written inline."""
    if given.node.type not in ("identifier", "member_expression", "call_expression"):
        return ""
    code = " ".join(given.module.syntax.code(given.node)[:200].split())
    if given.node.type == "call_expression" and any(unwrap(each).type in FUNCTIONS for each in arguments(given.node)):
        callee = code.partition("(")[0]
        return "" if callee.endswith("middleware") else f"{callee}(…)"
    return code if len(code) <= 60 else code[:59] + "…"
