"""Which rules are another role's work, and by what sign; only a clear one counts, as what is left out is not obeyed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache

from beai.core.project.facts import RuleFile
from beai.core.tokens import tokens

BACKEND = "backend"
_FRONTEND_NAME = re.compile(
    r"(?:^|[_\-. ])(?:fe|fe_ai|frontend|front_end|ui|ux|css|scss|tailwind(?:css)?|shadcn|react|reactjs|react_native"
    r"|tsx|jsx"
    r"|nextjs_app_router|app_router|client_components?|components?|styling|styles?|a11y|accessibility|mobile|expo"
    r"|storybook|figma|radix|vue|nuxt|svelte|angular|design_system)(?:$|[_\-. ])",
    re.IGNORECASE,
)
_BACKEND_NAME = re.compile(
    r"(?:^|[_\-. ])(?:be|be_ai|backend|server|api|trpc|prisma|database|db|sql|drizzle|orm)(?:$|[_\-. ])", re.IGNORECASE
)
_FRONTEND_FOLDER = re.compile(r"^(?:fe|fe[_-]ai|frontend|front[_-]end|ui|ux|client|mobile|design)$", re.IGNORECASE)
_ROLE_FOLDER = re.compile(r"^([a-z]{2,12})[_-](?:ai|agent)$", re.IGNORECASE)
_FRONTEND_WORDS = re.compile(
    r"\b(?:react|jsx|tsx|css|tailwind|shadcn|client components?|server components?|use client|usestate|useeffect|hooks?"
    r"|components?|props|rendering|hydration|suspense|accessibility|aria|responsive|classname|layouts?|radix|storybook"
    r"|loading\.(?:js|tsx)|page\.tsx|next/image|next/font|framer)\b",
    re.IGNORECASE,
)
_BACKEND_WORDS = re.compile(
    r"\b(?:prisma|trpc|procedures?|routers?|middleware|transactions?|sql|database|schema|migrations?|zod|endpoints?|api"
    r"|trpcerror|ctx|backend|server-side|services?|repository|queue|redis|tests?|mutations?)\b",
    re.IGNORECASE,
)
_CLEAR = 12  # frontend words, from which a text can be clearly about it
_SHARE = 3  # and how many times as many as backend words
_LOOKED_AT = 20_000  # characters


def own_folders(rules: Iterable[RuleFile]) -> frozenset[str]:
    """The role folders (``ie_ai``) that hold this role's own rules, so that other role folders can be told."""
    ours = (rule for rule in rules if rule.name.lower() in ("backend", "be_ai", "be-ai", "backend_engineer"))
    return frozenset(folder for rule in ours for folder in _folders(rule.path))


def other_role(rule: RuleFile, role: str = BACKEND, ours: frozenset[str] = frozenset()) -> str:
    """By what sign ``rule`` is not for ``role``, ``""`` where it is, or where nothing is clear."""
    if role != BACKEND or rule.shipped:
        return ""
    for folder in _folders(rule.path):
        if _FRONTEND_FOLDER.match(folder):
            return f"it is in {folder}/"
        if _ROLE_FOLDER.match(folder) and ours and folder not in ours and folder.lower() not in ("be_ai", "be-ai"):
            return f"it is in {folder}/, the folder of another role"
    if _BACKEND_NAME.search(rule.name):
        return ""
    if match := _FRONTEND_NAME.search(rule.name.replace("-", "_")):
        return f"its name says {match.group().strip('_-. ')}"
    description = rule.description.lower()
    if re.search(r"\b(?:front-?end|react components?|ui components?|css|tailwind)\b", description) and not re.search(
        r"\b(?:back-?end|server|api|full-?stack|all|general|trpc|prisma|database)\b", description
    ):
        return "its description speaks of the frontend"
    return _by_content(rule.text)


@lru_cache(maxsize=512)
def _by_content(text: str) -> str:
    shown = text[:_LOOKED_AT]
    front, back = len(_FRONTEND_WORDS.findall(shown)), len(_BACKEND_WORDS.findall(shown))
    if front < _CLEAR or front < _SHARE * back or front * 100 < tokens(shown):
        return ""
    return f"its text speaks of the frontend ({front} words of it, {back} of the backend)"


def _folders(path: str) -> tuple[str, ...]:
    """The folders between ``.cursor/rules`` and the file."""
    inside = posixpath.dirname(path).partition(".cursor/rules/")[2]
    return tuple(part for part in inside.split("/") if part)
