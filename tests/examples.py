"""The examples of the shipped rules as whole files: entries of a router in one, names that they use declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.sections import Example, RuleSection, own_examples
from beai.rules import shipped

_TRPC = "~/server/api/trpc"
_TEST = "~/server/api/test/context"
_CLIENT = "~/generated/prisma/client"
_RUNNER = dict.fromkeys(("describe", "it", "expect", "vi"), "vitest")
_FROM = {
    **dict.fromkeys(("initTRPC", "TRPCError"), "@trpc/server"),
    **dict.fromkeys(("createTRPCRouter", "createCallerFactory", "publicProcedure", "protectedProcedure"), _TRPC),
    **dict.fromkeys(("adminProcedure", "type Context", "type Session"), _TRPC),
    **dict.fromkeys(("createMockDb", "createTestCaller", "customerSession", "prismaError"), _TEST),
    "Prisma": _CLIENT,
    "PrismaClient": _CLIENT,
    "z": "zod",
    "appRouter": "~/server/api/root",
    **_RUNNER,
}
_DECLARED = {
    "db": "declare const db: PrismaClient;",
    "auth": "declare const auth: (headers: Headers) => Promise<Session | null>;",
    "byId": "const byId = z.object({ id: z.string().min(1) });",
}
_PLACE = re.compile(r"^(?://|--) file: (\S+)\n")
_ENTRY = re.compile(r"^\w+: ")


@dataclass(frozen=True, slots=True)
class Given:
    """One example where it stands: its rule's name and section, its path in a repository, and its code as written."""

    rule: str
    section: RuleSection
    example: Example
    path: str
    code: str

    @property
    def name(self) -> str:
        """What a failing test calls it."""
        return f"{self.rule}#{self.section.id}:{self.example.line}"

    def file(self, jest: bool = False) -> str:
        """The whole TypeScript file; ``jest`` for globals in place of Vitest's imports."""
        body = self.code
        if _ENTRY.match(body):
            body = f"export const exampleRouter = createTRPCRouter({{\n{body}}});\n"
        declared = [text for name, text in _DECLARED.items() if _uses(body, name)]
        whole = "\n".join([*declared, body])
        if jest:
            whole = re.sub(r"\bvi\.", "jest.", whole)
        names = [name for name in _FROM if _uses(whole, name.removeprefix("type ")) and not (jest and name in _RUNNER)]
        return "".join(f'import {{ {name} }} from "{_FROM[name]}";\n' for name in names) + whole


def examples() -> Iterator[Given]:
    """Every example of every shipped rule that is right or wrong, in order."""
    for name, text in shipped():
        rule = read_rule(name, text, shipped=True)
        for section, example in own_examples(rule.text):
            if example.kind:
                place = _PLACE.match(example.text)
                path = place.group(1) if place else _usual(rule.name, example)
                yield Given(rule.name, section, example, path, example.text[place.end() if place else 0 :])


def _usual(rule: str, example: Example) -> str:
    if example.language == "prisma":
        return "prisma/schema.prisma"
    folder = "src/server/api/routers"
    return f"{folder}/__tests__/example.test.ts" if rule == "tdd" else f"{folder}/example.ts"


def _uses(code: str, name: str) -> bool:
    """Whether ``code`` reads ``name`` without making it: no member, key or declaration of that name."""
    made = re.search(rf"\b(?:const|function|class|type|interface) {name}\b|import \{{[^}}]*\b{name}\b", code)
    return made is None and re.search(rf"(?<![.\w]){name}\b(?!:)", code) is not None
