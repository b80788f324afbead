"""The world that a test arranges: rows, arguments, and what the mocked database answers."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts import Schema, SchemaField
from beai.core.suggest.drafter import samples
from beai.core.suggest.drafter.checks import Aim, Check
from beai.core.suggest.drafter.conventions import Conventions
from beai.core.suggest.drafter.error_maker import CODE
from beai.core.suggest.drafter.intent import Action, Input, Intent, Use
from beai.core.suggest.drafter.plan import Plan, outputs
from beai.core.suggest.drafter.printer import Arr, Call, Js, Obj, Printer
from beai.core.suggest.drafter.sessions import Session
from beai.core.suggest.drafter.test_style import CHAIN, TestStyle


@dataclass(frozen=True, slots=True)
class Scene:
    """The world of one test: its rows, what the call sends, and what the mocks answer."""

    check: Check
    plan: Plan
    style: TestStyle
    known: Conventions
    schema: Schema
    printer: Printer
    session: Session

    @property
    def intent(self) -> Intent:
        """What is drafted."""
        return self.plan.intent

    @property
    def mine(self) -> str:
        """The literal of the session user's id."""
        return self.printer.text(self.session.id)

    @property
    def by_reading(self) -> bool:
        """Whether a missing row is found by reading it."""
        return (
            self.check.aim is Aim.ABSENT
            and not self.check.subject
            and (self.intent.action is Action.GET or self.plan.reads_first)
        )

    def world(self) -> list[str]:
        """The mocks to set before the call."""
        aim = self.check.aim
        if aim in (Aim.NO_SESSION, Aim.WRONG_ROLE):
            return []
        if self.makes_error():
            return [*(self._reads(self.mine) if self.plan.reads_first else []), *self._refusal()]
        if self.intent.action is Action.GET:
            absent = aim is Aim.ABSENT
            return self._mock(
                "findUnique", "null" if absent else self._own_row(self._other if aim is Aim.FOREIGN else self.mine)
            )
        if self.intent.action is Action.LIST:
            return self._mock("findMany", self._rows())
        reads: list[str] = []
        if self.plan.reads_first:
            owner = self._other if aim is Aim.FOREIGN else self.mine
            reads = self._mock("findUnique", "null") if aim is Aim.ABSENT else self._reads(owner)
        return [*reads, *self._mock(self.plan.operation, self.result())]

    def makes_error(self) -> bool:
        """Whether the database is to refuse."""
        return self.check.aim is Aim.TWICE or (self.check.aim is Aim.ABSENT and not self.by_reading)

    @property
    def _other(self) -> str:
        return self.printer.text(samples.other_id(self.session.id))

    def _reads(self, owner: str) -> list[str]:
        """The row as the procedure reads it before it writes."""
        entries = self.owned(owner) if self.intent.foreign else []
        if self.intent.flag:
            was = "false" if self.check.aim is Aim.FLIPS_ON else "true"
            entries.append((self.intent.flag.name, was))
        return self._mock("findUnique", self._full(Obj(tuple(entries))))

    def owned(self, owner: str) -> list[tuple[str, Js | None]]:
        """The owner of a row, as a select returns it."""
        if self.intent.owner is None:
            return []
        nested: Js = owner
        for name in reversed((*self.intent.owner.through, self.intent.owner.field)):
            nested = Obj(((name, nested),))
        return list(nested.entries) if isinstance(nested, Obj) else []

    def _own_row(self, owner: str) -> Obj:
        found = self.result()
        extra = self.owned(owner) if self.intent.foreign else []
        mine = {name for name, _ in extra}
        return Obj((*(entry for entry in found.entries if entry[0] not in mine), *extra))

    def result(self) -> Obj:
        """The row that the procedure returns."""
        fields = outputs(self.intent, self.known)
        names = tuple((one.name, one.inner) for one in fields) or tuple((f.name, ()) for f in self._scalars())
        given = {
            one.column: value for one, value in self.given() if value is not None and one.use in (Use.DATA, Use.KEY)
        }
        if self.intent.flag:
            given[self.intent.flag.name] = "true" if self.check.aim is Aim.FLIPS_ON else "false"
        if self.intent.owner and not self.intent.owner.through and self.session.id:
            given[self.intent.owner.field] = self.mine
        return self._full(samples.row(self.plan, names, given, self.schema, self.printer))

    def _scalars(self) -> list[SchemaField]:
        return [one for one in self.intent.model.fields if one.relation is None and not one.many]

    def _full(self, row: Obj) -> Obj:
        """The row with every scalar of the model, where the mock is typed like the client."""
        if not self.style.typed:
            return row
        named = {name for name, _ in row.entries}
        rest = tuple((one.name, ()) for one in self._scalars() if one.name not in named)
        return Obj((*row.entries, *samples.row(self.plan, rest, {}, self.schema, self.printer).entries))

    def _rows(self) -> Arr:
        first = self.result()
        if self.check.aim in (Aim.CONTINUES, Aim.EMPTY):
            return Arr(())
        return Arr((first, self._second(first))) if self.check.aim is Aim.MORE else Arr((first,))

    def _second(self, first: Obj) -> Obj:
        key = self.intent.paging.cursor.column if self.intent.paging else "id"
        found = samples.row_id(self.intent.model, 2, self.printer)
        entries = tuple((name, found if name == key else value) for name, value in first.entries)
        return Obj(entries if any(name == key for name, _ in entries) else (*entries, (key, found)))

    def _mock(self, operation: str, value: Js) -> list[str]:
        target = self.style.mock.replace(CHAIN, self.chain(operation))
        js = Call(f"{target}.mockResolvedValue", (value,), "")
        text = self.printer.show(js, 0, 4)
        if (
            self.style.typed
            and isinstance(value, Obj)
            and any(isinstance(each, Arr | Obj) for _, each in value.entries)
        ):
            text = text[:-1] + " as never)"
        return self.line(text)

    def chain(self, operation: str) -> str:
        """``db.model.operation`` as the tests write it."""
        return f"{self.style.db}.{self.intent.model.delegate}.{operation}"

    def line(self, text: str) -> list[str]:
        """A statement as lines."""
        lead = ";" if not self.printer.end and text.startswith(("(", "[")) else ""
        return f"{lead}{text}{self.printer.end}".split("\n")

    def given(self, override: Js | None = None) -> list[tuple[Input, Js | None]]:
        """Each input with what the call sends for it, None where it is left out."""
        aim, found = self.check.aim, []
        for one in self.intent.inputs:
            value: Js | None = samples.argument(one, self.intent, self.schema, self.printer)
            if one.use is Use.LIMIT:
                value = "1" if aim in (Aim.MORE, Aim.LAST) else None
            if one.use is Use.CURSOR:
                value = value if aim is Aim.CONTINUES else None
            if override is not None and one.name == self.check.subject:
                value = override
            found.append((one, value))
        return found

    def _refusal(self) -> list[str]:
        """The database's refusal, where one code is enough to arrange it beforehand."""
        codes = self.check.prisma
        return self.rejects(self.printer.text(codes[0])) if len(codes) == 1 else []

    def rejects(self, code: str) -> list[str]:
        """The database refuses with a code."""
        maker = self.style.error.template if self.style.error else CODE
        target = self.style.mock.replace(CHAIN, self.chain(self.plan.operation))
        return self.line(self.printer.show(Call(f"{target}.mockRejectedValue", (maker.replace(CODE, code),)), 0, 4))
