"""One test for one case, in the tests' own style: arrange the whole world, act, assert the result and the calls."""

from __future__ import annotations

from dataclasses import dataclass, replace

from beai.core.project.facts import Schema
from beai.core.suggest.drafter import samples
from beai.core.suggest.drafter.checks import Aim, Check, code_of
from beai.core.suggest.drafter.conventions import Conventions
from beai.core.suggest.drafter.intent import Access, Action, Intent, Use
from beai.core.suggest.drafter.plan import Plan
from beai.core.suggest.drafter.printer import Arr, Call, Js, Obj, Printer, Text
from beai.core.suggest.drafter.scene import Scene
from beai.core.suggest.drafter.sessions import Session
from beai.core.suggest.drafter.test_style import CHAIN, SESSION, TestStyle


@dataclass(frozen=True, slots=True)
class Test:
    """A whole ``it(…)`` call, the operations it mocks or watches, and whether it makes a Prisma error."""

    __test__ = False

    code: str
    operations: tuple[tuple[str, str], ...]
    makes_error: bool
    session: Session


def session_for(check: Check, intent: Intent, style: TestStyle) -> Session | None:
    """The session that the check calls with; None where the tests show none that fits."""
    signed = [one for one in style.sessions if one.id]
    roles = {role.upper() for role in intent.builder.roles} | (
        {"ADMIN"} if "admin" in intent.builder.name.lower() else set()
    )
    entitled = [one for one in signed if one.role.upper() in roles]
    plain = [one for one in signed if one.role.upper() not in roles]
    if check.aim is Aim.NO_SESSION:
        return style.nobody()
    if intent.access is Access.ROLE:
        found = [one for one in plain if one.role] if check.aim is Aim.WRONG_ROLE else entitled
        return next(iter(found), None)
    if intent.access is Access.PUBLIC:
        return style.nobody() or next(iter(signed), None)
    return next(iter(plain), None)


def write_test(
    check: Check, name: str, plan: Plan, style: TestStyle, known: Conventions, schema: Schema, session: Session
) -> Test:
    """Write the test. Its world is arranged for the finished procedure, so that later cases leave it as it is."""
    layout = known.layout
    printer = Printer(replace(layout), known.comma, known.comma_args, known.width)
    return _Writer(Scene(check, plan, style, known, schema, printer, session)).whole(name)


@dataclass(frozen=True, slots=True)
class _Writer:
    scene: Scene

    def whole(self, name: str) -> Test:
        setup = [line for one in self.scene.style.caller.setup for line in self._setup(one)]
        world, act = self.scene.world(), self._act()
        body = [
            *[line for line in setup if not self._makes_caller(line)],
            *world,
            *[line for line in setup if self._makes_caller(line)],
        ]
        body += [""] * bool(body) + act
        head = f"{self.scene.style.word}({self.scene.printer.text(name)}, async () => {{"
        code = "\n".join((head, *(f"  {line}" if line else "" for line in body), "})"))
        operations = tuple(dict.fromkeys(self._operations()))
        maker = self.scene.check.aim in (Aim.TWICE, Aim.ABSENT) and not self.scene.by_reading
        return Test(code, operations, maker, self.scene.session)

    def _setup(self, statement: str) -> list[str]:
        return f"{statement.replace(SESSION, self.scene.session.expression)}{self.scene.printer.end}".split("\n")

    def _makes_caller(self, line: str) -> bool:
        return f" {self.scene.style.caller.root} " in line

    def _operations(self) -> list[tuple[str, str]]:
        delegate = self.scene.intent.model.delegate
        found = [(delegate, self.scene.plan.operation)]
        return [(delegate, "findUnique"), *found] if self.scene.plan.reads_first else found

    def _callee(self, override: Js | None = None) -> Call:
        root = self.scene.style.caller.root.replace(SESSION, self.scene.session.expression)
        path = self.scene.intent.path if self.scene.style.caller.through_router else self.scene.intent.name
        given = tuple((one.name, value) for one, value in self.scene.given(override) if value is not None)
        return Call(f"{root}.{path}", (Obj(given),) if self.scene.intent.inputs else ())

    def _act(self) -> list[str]:
        aim = self.scene.check.aim
        code = code_of(self.scene.check, self.scene.intent)
        if not code:
            return self._succeeds()
        if aim is Aim.INVALID:
            lines = [
                line for one in self.scene.check.samples for line in self._refused(code, self.scene.printer.sample(one))
            ]
            return lines + self._unwritten(self.scene.plan.operation)
        if self.scene.makes_error():
            return self._fails(code)
        untouched = aim in (Aim.NO_SESSION, Aim.WRONG_ROLE) or self.scene.intent.is_write
        return self._refused(code) + (self._unwritten(self.scene.plan.operation) if untouched else [])

    def _fails(self, code: str) -> list[str]:
        """The database refuses, once with each code."""
        codes = self.scene.check.prisma
        if len(codes) == 1:
            return self._refused(code)
        lines = self.scene.rejects("code") + self._refused(code)
        listed = ", ".join(self.scene.printer.text(one) for one in codes)
        return [f"for (const code of [{listed}]) {{", *(f"  {line}" for line in lines), "}"]

    def _refused(self, code: str, override: Js | None = None) -> list[str]:
        entries: list[tuple[str, Js | None]] = [("code", Text(code))]
        told = self.scene.intent.message(code)
        documented = self.scene.check.aim in (Aim.TWICE, Aim.ABSENT, Aim.FOREIGN)
        entries += [("message", Text(told))] if told and documented else []
        return self._awaited("rejects.toMatchObject", Obj(tuple(entries)), override)

    def _unwritten(self, operation: str) -> list[str]:
        target = self.scene.style.expected.replace(CHAIN, self.scene.chain(operation))
        return self.scene.line(f"expect({target}).not.toHaveBeenCalled()")

    def _awaited(self, matcher: str, value: Js, override: Js | None = None) -> list[str]:
        call = self._callee(override)
        flat = f"await expect({self.scene.printer.flat(call)}).{matcher}"
        if len(flat) + 8 <= self.scene.printer.width:
            return self.scene.line(self.scene.printer.show(Call(flat, (value,)), 0, 4))
        inner = self.scene.printer.show(call, 1, 6)
        comma = "," if self.scene.printer.comma_args else ""
        asserted = self.scene.printer.show(value, 0, len(matcher) + 7)
        return self.scene.line(f"await expect(\n  {inner}{comma}\n).{matcher}({asserted})")

    def _succeeds(self) -> list[str]:
        intent = self.scene.intent
        seen: list[tuple[str, Js | None]] = []
        lines: list[str] = []
        result: Js = self.scene.result()
        matcher = "toEqual"
        if intent.action is Action.LIST:
            matcher, result, seen = self._page()
        elif intent.action is Action.GET and intent.foreign:
            matcher = "toMatchObject"
        if intent.action not in (Action.CREATE, Action.LIST) and intent.key:
            value = samples.argument(intent.key, intent, self.scene.schema, self.scene.printer)
            seen.append(("where", Obj(((intent.key.column, value),))))
        if intent.is_write and intent.action is not Action.DELETE:
            seen.append(("data", Obj(tuple(self._data()))))
        if self.scene.check.aim is Aim.CONTINUES:
            lines += self.scene.line(f"await {self.scene.printer.show(self._callee(), 0, 4)}")
        else:
            lines += self._awaited(f"resolves.{matcher}", result)
        if not seen:
            return lines
        target = self.scene.style.expected.replace(CHAIN, self.scene.chain(self.scene.plan.operation))
        given = Call("expect.objectContaining", (Obj(tuple(seen)),))
        return lines + self.scene.line(
            self.scene.printer.show(Call(f"expect({target}).toHaveBeenCalledWith", (given,)), 0, 4)
        )

    def _data(self) -> list[tuple[str, Js | None]]:
        intent = self.scene.intent
        if intent.flag:
            return [(intent.flag.name, "true" if self.scene.check.aim is Aim.FLIPS_ON else "false")]
        if intent.link and intent.partner:
            value = samples.argument(intent.partner, intent, self.scene.schema, self.scene.printer)
            return [(intent.link.name, Obj(((intent.action.value, Obj(((intent.partner.column, value),))),)))]
        owned = (
            self.scene.owned(self.scene.mine)
            if intent.action is Action.CREATE and intent.owner and not intent.owner.through
            else []
        )
        return owned + [(one.column, value) for one, value in self.scene.given() if one.use is Use.DATA]

    def _page(self) -> tuple[str, Js, list[tuple[str, Js | None]]]:
        """How the result of a list is asserted, and what the query must contain."""
        intent, first = self.scene.intent, self.scene.result()
        rows, cursor = self.scene.known.list_keys or ("items", "nextCursor")
        match self.scene.check.aim:
            case Aim.MORE:
                following = samples.row_id(intent.model, 2, self.scene.printer)
                return "toEqual", Obj(((rows, Arr((first,))), (cursor, following))), [("take", "2")]
            case Aim.LAST:
                end = intent.paging.end if intent.paging else "null"
                return "toEqual", Obj(((rows, Arr((first,))), (cursor, end))), []
            case Aim.CONTINUES:
                key = intent.paging.cursor.column if intent.paging else "id"
                return "", "", [("cursor", Obj(((key, samples.row_id(intent.model, 2, self.scene.printer)),)))]
            case Aim.EMPTY:
                return "toMatchObject", Obj(((rows, Arr(())),)) if intent.paging else Arr(()), []
            case _:
                result: Js = Obj(((rows, Arr((first,))),)) if intent.paging else Arr((first,))
                return "toMatchObject" if intent.paging else "toEqual", result, self._query()

    def _query(self) -> list[tuple[str, Js | None]]:
        owned = (
            self.scene.owned(self.scene.mine)
            if self.scene.intent.owner and self.scene.intent.access is Access.SIGNED_IN
            else []
        )
        filters = [
            (one.column, value) for one, value in self.scene.given() if one.use is Use.FILTER and value is not None
        ]
        order = tuple(Obj(((name, Text(way)),)) for name, way in self.scene.intent.order)
        seen: list[tuple[str, Js | None]] = []
        seen += [("where", Obj((*owned, *filters)))] if owned or filters else []
        return seen + ([("orderBy", order[0] if len(order) == 1 else Arr(order))] if order else [])
