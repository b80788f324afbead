"""The least procedure that satisfies the cases so far, in the routers' own style."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.suggest.drafter.checks import Aim
from beai.core.suggest.drafter.conventions import Conventions
from beai.core.suggest.drafter.intent import Access, Action, Intent, Output, Use
from beai.core.suggest.drafter.plan import Plan, message, outputs
from beai.core.suggest.drafter.printer import Arr, Call, Js, Obj, Printer, Text
from beai.core.suggest.drafter.words import spoken
from beai.core.suggest.drafter.zod import zod

_TAKEN = frozenset({"input", "ctx", "error", "next", "items", "delete", "case", "new", "class", "default", "package"})


@dataclass(frozen=True, slots=True)
class Written:
    """A procedure's expression and the names that its file has to import."""

    code: str
    names: tuple[str, ...]


def write_procedure(plan: Plan, known: Conventions, target: str) -> Written:
    """The whole value of the router's entry."""
    writer = _Writer(plan, known, target, Printer(known.layout, known.comma, known.comma_args, known.width))
    return writer.whole()


@dataclass(frozen=True, slots=True)
class _Writer:
    plan: Plan
    known: Conventions
    target: str
    printer: Printer

    @property
    def intent(self) -> Intent:
        return self.plan.intent

    @property
    def row(self) -> str:
        """The variable that holds the row that was read."""
        name = self.intent.model.delegate
        taken = name in _TAKEN or name == self.known.db or any(one.name == name for one in self.known.selects)
        return f"{name}Row" if taken else name

    @property
    def items(self) -> tuple[str, str]:
        """The keys of a page: its rows and the next cursor."""
        return self.known.list_keys or ("items", "nextCursor")

    def whole(self) -> Written:
        body = self._body()
        text = "\n".join(body)
        used = [name for name in ("ctx", "input") if f"{name}." in text]
        given = f"({{ {', '.join(used)} }})" if used else "()"
        kind = "mutation" if self.intent.is_write else "query"
        arrow = f"{'async ' if 'await ' in text else ''}{given} => {{"
        lines = [f"{'  ' if line else ''}{line}" for line in body]
        if not self.intent.inputs:
            code = "\n".join((f"{self.intent.builder.name}.{kind}({arrow}", *lines, "})"))
        else:
            shown = self.printer.show(Call(".input", (self._schema(),)), 1, 2)
            inner = [f"  {line}" for line in lines]
            code = "\n".join((self.intent.builder.name, f"  {shown}", f"  .{kind}({arrow}", *inner, "  })"))
        return Written(code, self._names(text))

    def _names(self, text: str) -> tuple[str, ...]:
        root = self.known.db.split(".")[0]
        names = [self.intent.builder.name, *(["z"] if self.intent.inputs else []), *([root] if root != "ctx" else [])]
        if "new TRPCError" in text:
            names.append("TRPCError")
        if "catch (" in text:
            names += self.known.prisma_error.names
        return tuple(dict.fromkeys(names))

    def _schema(self) -> Js:
        inputs = [self.intent.input(name) for name in self.plan.inputs]
        return Call(
            "z.object", (Obj(tuple((one.name, zod(one, self.plan.done, self.printer)) for one in inputs if one)),)
        )

    def _body(self) -> list[str]:
        match self.intent.action:
            case Action.LIST:
                return self._list()
            case Action.GET:
                return self._get()
            case _:
                return [*self._read(), *self._work()]

    def _get(self) -> list[str]:
        owned = self.plan.has(Aim.FOREIGN)
        query = self._call("findUnique", ("where", self._where()), *self._select(owned))
        if not owned and not self.plan.has(Aim.ABSENT):
            return self._statement("return ", query)
        return [
            *self._statement(f"const {self.row} = await ", query),
            *self._guards(),
            f"return {self.row}{self.printer.end}",
        ]

    def _read(self) -> list[str]:
        """The row is read first, as far as the cases so far need it."""
        plan = self.plan
        flips = self.intent.action is Action.TOGGLE and not plan.fixed
        absent = plan.has(Aim.ABSENT) and plan.reads_first
        if not (flips or absent or plan.has(Aim.FOREIGN)):
            return []
        fields: list[tuple[str, Js | None]] = []
        if plan.has(Aim.FOREIGN):
            fields += self._owner_select()
        if flips and self.intent.flag:
            fields.append((self.intent.flag.name, "true"))
        key = self.intent.key
        fields = fields or [(key.column if key else "id", "true")]
        far = plan.has(Aim.FOREIGN) and bool(self.intent.owner and self.intent.owner.through)
        select = [("select", Obj(tuple(fields)))] if self.known.uses_select or far else []
        query = self._call("findUnique", ("where", self._where()), *select)
        return [*self._statement(f"const {self.row} = await ", query), *self._guards()]

    def _guards(self) -> list[str]:
        absent, foreign = self.plan.has(Aim.ABSENT), self.plan.has(Aim.FOREIGN)
        other = ".".join(
            (
                self.row,
                *(self.intent.owner.through if self.intent.owner else ()),
                self.intent.owner.field if self.intent.owner else "",
            )
        )
        mine = f"{other} !== {self.known.me}"
        if absent and foreign and self.intent.foreign == "NOT_FOUND":
            return self._refuse(f"!{self.row} || {mine}", "NOT_FOUND")
        lines = self._refuse(f"!{self.row}", "NOT_FOUND") if absent else []
        if foreign:
            lines += self._refuse(mine if absent else f"{self.row} && {mine}", self.intent.foreign or "FORBIDDEN")
        return lines

    def _refuse(self, condition: str, code: str) -> list[str]:
        return [f"if ({condition}) {{", *(f"  {line}" for line in self._throw(code, "", 1)), "}"]

    def _throw(self, code: str, subject: str, depth: int, cause: str = "") -> list[str]:
        text = message(code, self.intent, self.known, self.target, subject)
        entries: list[tuple[str, Js | None]] = [("code", Text(code))]
        entries += [("message", Text(text))] if text else []
        entries += [("cause", cause)] if cause and self.known.cause else []
        return self._statement("throw ", Call("new TRPCError", (Obj(tuple(entries)),)), depth)

    def _work(self) -> list[str]:
        entries: list[tuple[str, Js | None]] = []
        if self.intent.action is not Action.CREATE:
            entries.append(("where", self._where()))
        if self.intent.action is not Action.DELETE:
            entries.append(("data", Obj(tuple(self._data()))))
        query = self._call(self.plan.operation, *entries, *self._select(False))
        failures = self._failures()
        if not failures:
            return self._statement("return ", query)
        variable = self.known.prisma_error.variable
        inside = [f"  {line}" for line in self._statement("return await ", query, 1)]
        caught = [f"  {line}" for line in self._mapped(failures)]
        return ["try {", *inside, f"}} catch ({variable}) {{", *caught, f"  throw {variable}{self.printer.end}", "}"]

    def _failures(self) -> list[tuple[tuple[str, ...], str, str]]:
        """Prisma codes to map: codes, tRPC code, what is missing."""
        found: list[tuple[tuple[str, ...], str, str]] = []
        for check in self.plan.done:
            if check.aim is Aim.TWICE:
                found.append((check.prisma, "CONFLICT", ""))
            elif check.aim is Aim.ABSENT and (check.subject or not self.plan.reads_first):
                label = spoken(check.subject.removesuffix("Id").removesuffix("Uid")) if check.subject else ""
                found.append((check.prisma, "NOT_FOUND", label))
        kept: list[tuple[tuple[str, ...], str, str]] = []
        for codes, code, label in found:
            fresh = tuple(one for one in codes if not any(one in seen for seen, _, _ in kept))
            kept += [(fresh, code, label)] if fresh else []
        return kept

    def _mapped(self, failures: list[tuple[tuple[str, ...], str, str]]) -> list[str]:
        test = self.known.prisma_error
        blocks = []
        for codes, code, label in failures:
            tested = " || ".join(test.test.replace("%CODE%", self.printer.text(one)) for one in codes)
            blocks.append((tested, len(codes) > 1, code, label))
        nested = bool(test.guard) and (len(blocks) > 1 or blocks[0][1])
        lines: list[str] = []
        for tested, several, code, label in blocks:
            joined = f"({tested})" if several else tested
            condition = f"{test.guard} && {joined}" if test.guard and not nested else tested
            lines += [
                f"if ({condition}) {{",
                *(f"  {line}" for line in self._throw(code, label, 3, test.variable)),
                "}",
            ]
        return [f"if ({test.guard}) {{", *(f"  {line}" for line in lines), "}"] if nested else lines

    def _data(self) -> list[tuple[str, Js | None]]:
        intent = self.intent
        match intent.action:
            case Action.TOGGLE if intent.flag:
                query = "." if self.plan.has(Aim.ABSENT) else "?."
                return [(intent.flag.name, self.plan.fixed or f"!{self.row}{query}{intent.flag.name}")]
            case Action.CONNECT | Action.DISCONNECT if intent.link and intent.partner:
                target = Obj(((intent.partner.column, f"input.{intent.partner.name}"),))
                return [(intent.link.name, Obj(((intent.action.value, target),)))]
            case _:
                owner = intent.owner if intent.action is Action.CREATE else None
                mine: list[tuple[str, Js | None]] = (
                    [(owner.field, self.known.me)] if owner and not owner.through else []
                )
                return mine + [(one.column, f"input.{one.name}") for one in intent.of(Use.DATA)]

    def _list(self) -> list[str]:
        intent, plan = self.intent, self.plan
        entries: list[tuple[str, Js | None]] = []
        where = self._list_where()
        entries += [("where", where)] if where else []
        order = [Obj(((name, Text(way)),)) for name, way in intent.order]
        entries += [("orderBy", order[0] if len(order) == 1 else Arr(tuple(order)))] if order else []
        paging = intent.paging
        limited = paging and plan.has(Aim.MORE)
        if paging and limited:
            entries.append(("take", f"input.{paging.limit.name} + 1"))
        if paging and plan.has(Aim.CONTINUES):
            given = f"input.{paging.cursor.name}"
            sent = given if paging.cursor.base == "String" else f"{given} !== undefined"
            entries.append((f"...({sent} ? {{ cursor: {{ {paging.cursor.column}: {given} }} }} : {{}})", None))
        query = self._call("findMany", *entries, *self._select(False))
        if not paging:
            return self._statement("return ", query)
        rows, cursor = self.items
        end = " ?? null" if plan.has(Aim.LAST) and paging.end == "null" else ""
        lines = self._statement(f"const {rows} = await ", query)
        if limited:
            lines.append(
                f"const next = {rows}.length > input.{paging.limit.name} ? {rows}.pop() : undefined{self.printer.end}"
            )
            return [*lines, f"return {{ {rows}, {cursor}: next?.{paging.cursor.column}{end} }}{self.printer.end}"]
        last = f", {cursor}: null" if end else ""
        return [*lines, f"return {{ {rows}{last} }}{self.printer.end}"]

    def _list_where(self) -> Obj | None:
        entries: list[tuple[str, Js | None]] = []
        owner = self.intent.owner
        if owner and self.intent.access is Access.SIGNED_IN:
            nested: Js = self.known.me
            for name in reversed((*owner.through, owner.field)):
                nested = Obj(((name, nested),))
            entries += nested.entries if isinstance(nested, Obj) else ()
        entries += [(one.column, f"input.{one.name}") for one in self.intent.of(Use.FILTER)]
        return Obj(tuple(entries)) if entries else None

    def _where(self) -> Obj:
        key = self.intent.key
        assert key is not None  # `inputs` gives every procedure on one row its key
        return Obj(((key.column, f"input.{key.name}"),))

    def _owner_select(self) -> list[tuple[str, Js | None]]:
        owner = self.intent.owner
        if owner is None:
            return []
        nested: Js = "true"
        for name in reversed((*owner.through, owner.field)):
            nested = Obj(((name, nested if nested == "true" or name == owner.field else Obj((("select", nested),))),))
        return list(nested.entries) if isinstance(nested, Obj) else []

    def _select(self, owned: bool) -> list[tuple[str, Js | None]]:
        fields = outputs(self.intent, self.known)
        extra = (
            [entry for entry in self._owner_select() if entry[0] not in {one.name for one in fields}] if owned else []
        )
        if not fields:
            return [("include", Obj(tuple(extra)))] if extra and self.intent.owner and self.intent.owner.through else []
        plain = {one.name for one in fields if not one.inner}
        same = [one for one in self.known.selects if set(one.fields) == plain and one.file == self.target]
        if same and len(plain) == len(fields):
            name = same[0].name
            return [("select", Obj(((f"...{name}", None), *extra)) if extra else name)]
        return [("select", Obj((*(_selected(one) for one in fields), *extra)))]

    def _call(self, operation: str, *entries: tuple[str, Js | None]) -> Call:
        given = (Obj(entries),) if entries else ()
        return Call(f"{self.known.db}.{self.intent.model.delegate}.{operation}", given)

    def _statement(self, prefix: str, js: Js, depth: int = 0) -> list[str]:
        used = 2 * (depth + 4) + len(prefix)
        return f"{prefix}{self.printer.show(js, 0, used)}{self.printer.end}".split("\n")


def _selected(one: Output) -> tuple[str, Js | None]:
    if not one.inner:
        return one.name, "true"
    return one.name, Obj((("select", Obj(tuple((name, "true") for name in one.inner))),))
