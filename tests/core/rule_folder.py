"""A repository whose rules are as real folders have them: 26 files, most of them reachable by ``@name`` alone."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

_PLAIN = "---\ndescription: \nglobs: \nalwaysApply: false\n---\n"
_ALWAYS = _PLAIN.replace("false", "true")
_ASPECTS = (
    "what is asked for", "what is already there", "who may do it", "what it returns", "what it may break",
    "how it fails", "how it is shown to work", "who is told of it", "what stays as it was", "when it is done",
)  # fmt: skip


def _filled(subject: str, tokens: int) -> str:
    """Numbered advice on ``subject``, of about that many tokens: the weight matters here, not the words."""
    lines: list[str] = []
    number = 0
    while sum(len(line) + 1 for line in lines) < tokens * 4:
        aspect = _ASPECTS[number % len(_ASPECTS)]
        number += 1
        lines.append(f"{number}. On {subject}, step {number}: write down {aspect} before you go on, and keep it short.")
    return "\n".join(lines) + "\n"


def _described(words: str) -> str:
    return _PLAIN.replace("description: ", f"description: {words}")


def _lettered(subject: str, titles: Mapping[str, int]) -> str:
    """Sections as rules without headings have them: a bold line that begins with a letter."""
    parts = [f"**{letter}:**\n\n{_filled(f'{subject} {letter[0]}', size)}" for letter, size in titles.items()]
    return f"# {subject}\n\nThese hold for all {subject} code.\n\n" + "\n".join(parts)


_TRPC = _lettered(
    "tRPC",
    {
        "A. Concepts": 200,
        "B. Structure": 250,
        "C. Server side": 600,
        "D. Client side": 550,
        "E. Testing": 150,
        "F. Versions": 100,
    },
)
_PRISMA = _lettered("Prisma", {"A. Rule": 150, "B. Model": 350, "C. Client": 400, "D. History": 200, "E. Tests": 150})
_PAGES = """# How pages are rendered

React components are server components unless they need hooks. A client component says `use client` and holds state
with useState; props are typed; layouts load in page.tsx; Tailwind classes style components; Suspense wraps slow ones;
hydration must match; accessibility and aria labels are checked; components from shadcn are kept as they are.
"""

RULES: Mapping[str, str] = {
    "core/debug_procedures.mdc": _PLAIN + "# Debugging\n\nThen tell @error_documentation.\n\n" + _filled("bugs", 750),
    "core/directory_structure.mdc": _described("Where files go")
    + "# Directories\n\nRouters are in `app/srcserver/api/routers/`.\n\n"
    + _filled("folders", 1_100),
    "core/file_naming.mdc": _described("How files are called")
    + "# Names\n\nBranches: @git_workflow.\n\n"
    + _filled("names", 450),
    "core/house_rules.mdc": _ALWAYS
    + "# For everybody\n\nWrite to octo@example.org or @octocat.\n\n"
    + _filled("manners", 550),
    "core/implement_principles.mdc": _PLAIN
    + "# Principles\n\nAsk as in @common. @backend for BE-AI, @frontend for FE-AI.\n\n"
    + _filled("code", 900),
    "core/memory_map.mdc": _ALWAYS
    + "---\ndescription: Where what is kept\nglobs: \nalwaysApply: false\n---\n# Memory\n\n"
    + "Structure: @directory_structure. Screens: @page_rendering.\n\n"
    + _filled("documents", 1_300),
    "core/page_rendering.mdc": _PLAIN + _PAGES * 5 + _filled("React components and their props", 1_700),
    "core/planning_principles.mdc": "---\ndescription: \nglobs: [\nalwaysApply: maybe\n---\n# Plans\n\n"
    + _filled("plans", 300),
    "core/prisma_best_practices.mdc": _PLAIN + _PRISMA,
    "core/research_first.mdc": "---\ndescription: \nglobs: \nalwaysApply: false\n\n# Research\n\n"
    + _filled("sources", 400),
    "core/trpc_best_practices.mdc": _PLAIN + _TRPC,
    "ie_ai/backend.mdc": _described("For the backend engineer")
    + "# Backend\n\nFollow @tdd and **@trpc_best_practices (Section C)**, and @error_handling_guide.\n"
    + "Fields: @unique, @Docs Prisma, packages: @trpc/server.\n\n"
    + _filled("procedures", 600),
    "ie_ai/common.mdc": _PLAIN
    + "# Together\n\nFollow @implement_principles and @page_rendering.\n\n"
    + _filled("questions", 600),
    "ie_ai/frontend.mdc": _PLAIN + "# Frontend\n\nFollow @page_rendering and @common.\n\n" + _filled("screens", 900),
    "ie_ai/tdd.mdc": _PLAIN
    + "# Tests\n\nFor server code as @backend says; screens as @page_rendering says.\n\n"
    + _filled("tests", 800),
    "knowledge_capture/error_documentation.mdc": _PLAIN + "# Errors\n\n" + _filled("errors", 220),
    "knowledge_capture/lessons_learned.mdc": _PLAIN + "# Lessons\n\n" + _filled("lessons", 200),
    "leap_ai/context_keeping.mdc": _PLAIN + "# The context file\n\n" + _filled("the context", 600),
    "leap_ai/planning.mdc": _PLAIN
    + "# Sprints\n\nSee @planning_principles and @context_keeping.\n\n"
    + _filled("sprints", 800),
    "pm_ai/elicitation.mdc": _PLAIN + "# Asking for needs\n\n" + _filled("needs", 600),
    "pm_ai/prd_writing.mdc": _PLAIN + "# Requirements\n\nSee @elicitation.\n\n" + _filled("requirements", 1_250),
    "processes/docs_update.mdc": _PLAIN + "# After a merge\n\n" + _filled("documents", 600),
    "processes/git_workflow.mdc": _PLAIN
    + "# Git\n\nNames: @file_naming. Plans: @planning. Then @docs_update.\n\n"
    + _filled("branches", 800),
    "processes/rule_update_procedure.mdc": _PLAIN
    + "# Changing rules\n\n@lessons_learned, @error_documentaton.\n\n"
    + _filled("rules", 750),
    "sa_ai/analysis.mdc": _PLAIN + "# Looking first\n\n" + _filled("the system", 750),
    "sa_ai/design_writing.mdc": _PLAIN + "# Designs\n\nSee @analysis.\n\n" + _filled("designs", 1_400),
}

FILES: Mapping[str, str] = {
    "app/package.json": '{"name": "app", "dependencies": {"@trpc/server": "11.0.0", "@prisma/client": "6.0.0"}}\n',
    "app/src/server/api/trpc.ts": 'import { initTRPC } from "@trpc/server";\nconst t = initTRPC.create();\n'
    "export const createTRPCRouter = t.router;\nexport const publicProcedure = t.procedure;\n",
    "app/src/server/api/routers/wishlist.ts": 'import { createTRPCRouter, publicProcedure } from "../trpc";\n'
    "export const wishlistRouter = createTRPCRouter({ list: publicProcedure.query(() => []) });\n",
    "app/src/server/api/root.ts": 'import { createTRPCRouter } from "./trpc";\n'
    'import { wishlistRouter } from "./routers/wishlist";\n'
    "export const appRouter = createTRPCRouter({ wishlist: wishlistRouter });\n"
    "export type AppRouter = typeof appRouter;\n",
    "app/src/app/page.tsx": "export default function Page() { return null; }\n",
    "tasks/sprints/sprint_2026-06-01_wishlist/be_tasks.md": "# Backend tasks\n\n## BE-S3-002: Add to the wishlist\n\n"
    "- **Description:** `wishlist.addItem` adds a product once.\n- **Status:** Open\n"
    "- **Acceptance Criteria:**\n  - adds once\n  - CONFLICT on a duplicate\n",
}


def made(root: Path) -> Path:
    """The repository on disk below ``root``."""
    for name, text in (*((f".cursor/rules/{name}", text) for name, text in RULES.items()), *FILES.items()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run(("git", "init", "-q", str(root)), check=True, timeout=20)
    return root
