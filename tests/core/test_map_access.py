"""Who may call a procedure is told with the roles, the conditions and the further guards that its chain really has."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project.facts import Access, AccessLevel, Project
from beai.core.project.map_plain import plain_map
from beai.core.project.map_text import routers_text
from tests.core.test_map_rows import mapped, one

FACTORY = """export const withRole = (role) => authed.use(({ ctx, next }) => {
  if (ctx.user.role !== role) throw new TRPCError({ code: 'FORBIDDEN' })
  return next()
})
const requireAny = (role, other) => t.middleware(({ ctx, next }) => {
  if (ctx.user.role !== role && ctx.user.role !== other) throw new TRPCError({ code: 'FORBIDDEN' })
  return next()
})
const only = (...allowed) => t.middleware(({ ctx, next }) => {
  if (!allowed.includes(ctx.user.role)) throw new TRPCError({ code: 'FORBIDDEN' })
  return next()
})
const withAny = (role) => authed.use(requireAny(role, 'OWNER'))
const fixed = 'EDITOR'
export const adminProc = withRole('ADMIN')
"""
ROLES = {
    "adminProc": ("ADMIN",),
    "withRole('MOD').input(z.string())": ("MOD",),
    "withRole(Role.Editor)": ("Editor",),
    "withRole(fixed)": ("EDITOR",),
    "withAny('MOD')": ("MOD", "OWNER"),
    "authed.use(only('ALPHA', 'BETA'))": ("ALPHA", "BETA"),
    "withRole(pick())": (),
}


def access(procedure: str, before: str = "") -> Access:
    return one(mapped(f"{before}\nexport const mine = router({{ a: {procedure} }})\n"), "mine.a").access


@pytest.mark.parametrize("builder", ROLES)
def test_a_role_is_followed_into_the_factory_that_guards_with_it(builder: str) -> None:
    found = access(f"{builder}.mutation(() => 1)", FACTORY)
    assert (found.level, found.roles) == (AccessLevel.ROLES, ROLES[builder])
    if not ROLES[builder]:
        assert "`role`, which could not be followed" in found.reason


FLAG = "const quick = process.env.QUICK === 'true'\n"
CONDITIONS = {
    "const guest = !ctx.user || ctx.user.guest; if (guest && !quick) throw E": (AccessLevel.UNKNOWN, "guest && !quick"),
    "if (quick) { if (!ctx.user) throw E }": (AccessLevel.UNKNOWN, "quick && !ctx.user"),
    "if (quick) return next(); if (!ctx.user) throw E": (AccessLevel.UNKNOWN, "not quick && !ctx.user"),
    "if (!quick) throw E": (AccessLevel.UNKNOWN, "!quick"),
    "if (ctx.user && ctx.user.banned) throw E": (AccessLevel.UNKNOWN, "ctx.user && ctx.user.banned"),
    "const guest = !ctx.user || ctx.user.guest; if (guest) throw E": (AccessLevel.SIGNED_IN, ""),
    "if (!ctx.session || !ctx.session.user) throw E": (AccessLevel.SIGNED_IN, ""),
    "if (!ctx.session && !ctx.apiKey) throw E": (AccessLevel.SIGNED_IN, ""),
    "if (!(ctx.session && ctx.session.user)) throw E": (AccessLevel.SIGNED_IN, ""),
    "if (ctx.user) { return next() } else { throw E }": (AccessLevel.SIGNED_IN, ""),
    "if (ctx.user) return next(); throw E": (AccessLevel.SIGNED_IN, ""),
    "const space = await of(ctx); if (!space) throw E": (AccessLevel.SIGNED_IN, ""),
}


@pytest.mark.parametrize("body", CONDITIONS)
def test_a_guard_with_further_conditions_is_not_taken_for_one_that_wants_a_session(body: str) -> None:
    code = body.replace("throw E", "throw new TRPCError({ code: 'UNAUTHORIZED' })")
    found = access(f"open.use(async ({{ ctx, next }}) => {{ {code}; return next() }}).query(() => 1)", FLAG)
    level, condition = CONDITIONS[body]
    assert (found.level, f"`{condition}`" in found.reason) == (level, bool(condition))


def test_a_builder_that_refuses_only_sometimes_is_no_builder_for_signed_in_callers() -> None:
    found = mapped(
        f"{FLAG}const maybe = open.use(({{ ctx, next }}) => {{ if (!ctx.user && !quick) throw new TRPCError({{ code: 'UNAUTHORIZED' }}); return next() }})\nexport const mine = router({{ a: maybe.query(() => 1) }})\n"
    )
    assert one(found, "mine.a").access.level is AccessLevel.UNKNOWN
    assert one(found, "mine.a").access.builder == "maybe"


PRO = "const pro = authed.use(({ ctx, next }) => { if (!selfHosted && ctx.tier !== 'pro') throw new TRPCError({ code: 'PAYMENT_REQUIRED' }); return next() })\n"
BANNED = "const alive = open.use(({ ctx, next }) => { if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' }); if (ctx.user.banned) throw new TRPCError({ code: 'FORBIDDEN' }); return next() })\n"
LIMITED = "const limited = open.use(({ next }) => { if (!success) throw new TRPCError({ code: 'TOO_MANY_REQUESTS' }); return next() })\n"


@pytest.mark.parametrize(
    ("builder", "before", "level", "guards"),
    [
        ("pro", PRO, AccessLevel.SIGNED_IN, ("PAYMENT_REQUIRED",)),
        ("alive", BANNED, AccessLevel.SIGNED_IN, ("FORBIDDEN",)),
        ("limited", LIMITED, AccessLevel.PUBLIC, ("TOO_MANY_REQUESTS",)),
        ("adminProc", FACTORY, AccessLevel.ROLES, ()),
        ("authed", "", AccessLevel.SIGNED_IN, ()),
    ],
)
def test_further_guards_go_by_their_error_code(
    builder: str, before: str, level: AccessLevel, guards: tuple[str, ...]
) -> None:
    found = access(f"{builder}.query(() => 1)", before)
    assert (found.level, found.guards) == (level, guards)


def test_the_builder_that_decides_is_a_builder_or_none() -> None:
    found = mapped(
        f"{PRO}export const mine = router({{ own: open.use(isAuthed).query(() => 1), theirs: pro.query(() => 1), free: open.query(() => 1) }})\nimport {{ isAuthed }} from './init'\n"
    )
    plain = plain_map(Project("x", api=found))
    told = [each["access"]["builder"] for router in plain["routers"] for each in router["procedures"]]
    assert told == [None, "authed", "open"]


def test_a_person_and_a_model_are_told_what_the_word_for_the_access_leaves_out() -> None:
    found = Project(
        "x",
        api=mapped(
            f"{FACTORY}{FLAG}{PRO}const maybe = open.use(({{ ctx, next }}) => {{ if (!ctx.user && !quick) throw new TRPCError({{ code: 'UNAUTHORIZED' }}); return next() }})\nexport const mine = router({{ a: maybe.query(() => 1), b: pro.query(() => 1), c: withRole(pick()).query(() => 1) }})\n"
        ),
    )
    a, b, c = [line for line in routers_text(found, found.api.routers) if "query" in line]
    assert a.endswith("(a middleware of `maybe` throws UNAUTHORIZED only under `!ctx.user && !quick`)")
    assert "signed-in" in b and b.endswith("(also PAYMENT_REQUIRED)")
    assert "roles ?" in c and ["`role`, which could not be followed" in each.what for each in found.api.unresolved] == [
        True
    ]
