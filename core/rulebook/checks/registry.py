"""Every check there is, in one table: its id, the rule section that it is tied to, what it flags, and its function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from beai.core.rulebook.checks import (
    errors,
    indexes,
    mocking,
    placing,
    principles,
    reads,
    schemas,
    setup,
    testing,
    transactions,
    trpc,
    writes,
)
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Kind, Subject


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``title`` says what it flags; it is asked about files of ``kinds`` whose text ``hint`` finds.

    A hint begins with letters wherever it can, for which the search is ten times as fast as for ``\\b``.
    """

    id: str
    rule: str
    title: str
    kinds: frozenset[Kind]
    function: Callable[[Subject], Iterable[Hit]]
    hint: re.Pattern[str] | None = None


def _nothing(_: Subject) -> tuple[Hit, ...]:
    """The checks of waivers are made where waivers are applied."""
    return ()


def _check(
    id: str, rule: str, title: str, function: Callable[[Subject], Iterable[Hit]], hint: str = "", *kinds: Kind
) -> Check:
    return Check(id, rule, title, frozenset(kinds or (Kind.SOURCE,)), function, re.compile(hint) if hint else None)


def _test(id: str, section: str, title: str, function: Callable[[Subject], Iterable[Hit]], hint: str = "") -> Check:
    return _check(id, f"tdd{section}", title, function, hint, Kind.TEST)


WITHOUT_REASON = _check(
    "waiver-without-reason", "rule_update_procedure#U1", "A waiver that gives no reason", _nothing, "", *Kind
)
UNUSED = _check("waiver-unused", "rule_update_procedure#U1", "A waiver that waives nothing", _nothing, "", *Kind)

_B, _D, _P, _T = "backend", "prisma_best_practices", "implement_principles", "trpc_best_practices"
_ENDS = r"\.(?:query|mutation|subscription)\s*\("
_MODEL_CALL = r"\.(?:find|create|update|upsert|delete|count|aggregate|groupBy)\w*\s*\("

CHECKS: tuple[Check, ...] = (
    _check("input-missing", f"{_T}#C1", "A resolver that reads an input nothing parses", trpc.input_missing, _ENDS),
    _check("input-any", f"{_T}#C1", "An input schema that lets everything through", trpc.input_any, r"\.input\s*\("),
    _check("query-writes", f"{_T}#C2", "A write to the database in a query", writes.query_writes),
    _check("access-in-body", f"{_T}#C3", "Access decided in a resolver", trpc.access_in_body, "UNAUTHORIZED|FORBIDDEN"),
    _check("error-plain", f"{_T}#C4", "A plain error thrown in a procedure", errors.error_plain, "throw"),
    _check("error-leaks", f"{_T}#C5", "The words of a caught error sent out", errors.error_leaks, "catch"),
    _check("output-sensitive", f"{_T}#C6", "A model with secrets returned whole", trpc.output_sensitive, _MODEL_CALL),
    _check("context-queries", f"{_T}#C8", "A query in the context factory", trpc.context_queries, "(?i)context"),
    _check(
        "procedure-calls-procedure",
        f"{_T}#C9",
        "A caller inside a procedure",
        trpc.procedure_calls_procedure,
        "createCaller",
    ),
    _check("init-twice", f"{_T}#A1", "A second tRPC instance in a package", setup.init_twice, "initTRPC"),
    _check("init-imports-router", f"{_T}#B3", "The init file imports a router", setup.init_imports_router, "initTRPC"),
    _check("router-logic", f"{_B}#B3", "A resolver that is too long", writes.router_logic),
    _check(
        "owner-unchecked",
        f"{_B}#B4",
        "A write to an owned row with no owner in its filter",
        writes.owner_unchecked,
        _MODEL_CALL,
    ),
    _check("find-many-unbounded", f"{_D}#D3", "A list with no `take`", reads.find_many_unbounded, r"\.findMany\b"),
    _check(
        "raw-sql-interpolated",
        f"{_D}#D6",
        "SQL put together as text",
        reads.raw_sql_interpolated,
        r"\$(?:query|execute)Raw|\.raw\(",
    ),
    _check("query-in-loop", f"{_D}#D4", "A query for each element of a list", reads.query_in_loop, _MODEL_CALL),
    _check("include-wide", f"{_D}#D2", "Whole related rows over levels", reads.include_wide, r"include\s*:"),
    _check("secret-selected", f"{_D}#D5", "A secret field returned", reads.secret_selected, r"select\s*:"),
    _check(
        "mass-write", f"{_D}#D7", "A write to every row of a table", writes.mass_write, r"\.(?:delete|update)Many\b"
    ),
    _check("query-not-awaited", f"{_D}#C3", "A query that never runs", writes.query_not_awaited, _MODEL_CALL),
    _check("client-constructed", f"{_D}#C1", "A second Prisma client", setup.client_constructed, r"PrismaClient\s*\("),
    _check(
        "error-unmapped",
        f"{_D}#E1",
        "P2002 or P2025 neither mapped nor prevented",
        errors.error_unmapped,
        r"\.(?:create|update|delete)\s*\(",
    ),
    _check("writes-unbound", f"{_D}#F1", "Two writes with no transaction", writes.writes_unbound, _MODEL_CALL),
    _check(
        "transaction-outer-client",
        f"{_D}#F2",
        "The outer client in a transaction",
        transactions.transaction_outer_client,
        r"\$transaction",
    ),
    _check(
        "transaction-slow",
        f"{_D}#F3",
        "The network awaited in a transaction",
        transactions.transaction_slow,
        r"\$transaction",
    ),
    _check("any", f"{_P}#P3", "`any`, `as any` or `as unknown as`", principles.any_type, r"\bany\b|\bas\s+unknown"),
    _check("ts-silenced", f"{_P}#P3", "A type error that is silenced without words", principles.ts_silenced, "@ts-"),
    _check("error-swallowed", f"{_P}#P4", "An empty catch", principles.error_swallowed, "catch"),
    _check("env-read", f"{_P}#P5", "An environment variable read past the env module", setup.env_read, r"process\.env"),
    _check("index-missing", f"{_D}#A3", "A list that no index answers", indexes.index_missing, "findMany"),
    _check(
        "foreign-key-unindexed",
        f"{_D}#A4",
        "A relation's fields without an index",
        schemas.foreign_key_unindexed,
        "@relation",
        Kind.SCHEMA,
    ),
    _check(
        "updated-at-missing",
        f"{_D}#A2",
        "An updated model without `@updatedAt`",
        schemas.updated_at_missing,
        "",
        Kind.SCHEMA,
    ),
    _check("relation-unnamed", f"{_D}#A5", "Relations without names", schemas.relation_unnamed, "", Kind.SCHEMA),
    _check("money-float", f"{_D}#A6", "Money as a `Float`", schemas.money_float, r"\bFloat\b", Kind.SCHEMA),
    _check("migration-edited", f"{_D}#B2", "A migration changed", schemas.migration_edited, "", Kind.OTHER),
    _test("test-without-assertion", "#T5", "A test that asserts nothing", testing.test_without_assertion),
    _test("test-of-mock", "#T5", "A test of its own mocks", mocking.test_of_mock, r"\b(?:mock|fn|stub)\w*\b"),
    _test("expect-not-awaited", "#T5", "An assertion not awaited", testing.expect_not_awaited, "resolves|rejects"),
    _test("expect-in-catch", "#T5", "Assertions in `catch` alone", testing.expect_in_catch, "catch"),
    _test("test-focused", "#T6", "A test focused, or switched off without a word", testing.test_focused),
    _test("test-sleeps", "#T5", "Real time waited for", testing.test_sleeps, "setTimeout|sleep|delay|wait|pause"),
    _check(
        "file-misplaced",
        "directory_structure#S1",
        "A new file where none of its kind is",
        placing.file_misplaced,
        "",
        *(Kind.SOURCE, Kind.TEST, Kind.SCHEMA),
    ),
    _check(
        "file-name",
        "file_naming#N1",
        "A new file named unlike its siblings",
        placing.file_name,
        "",
        *(Kind.SOURCE, Kind.TEST),
    ),
    WITHOUT_REASON,
    UNUSED,
)

BY_ID = MappingProxyType({check.id: check for check in CHECKS})
assert len(BY_ID) == len(CHECKS)
