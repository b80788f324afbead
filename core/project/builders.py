"""Procedure builders: what a procedure is built on, and whether a middleware below it turns callers away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from tree_sitter import Node

from beai.core.project.access import Guards
from beai.core.project.expressions import Chain, chain, property_name, unwrap
from beai.core.project.facts import Access, AccessLevel, Builder
from beai.core.project.follow import Place, follow, made, property_of
from beai.core.project.modules import Binding, Module, Modules, Outside
from beai.core.project.recall import Question
from beai.core.project.shapes import shapes
from beai.core.project.syntax import line_of

_GUARDED_NAME = re.compile(r"protected|auth|private|admin|member|owner", re.IGNORECASE)
_OPEN_NAME = re.compile(r"public|unauth|optional|anonymous", re.IGNORECASE)
_STEPS = frozenset({"use", "input", "output", "meta", "concat", "unstable_concat"})
_DEPTH = 12

T = TypeVar("T")


def is_init(modules: Modules, place: Place) -> bool:
    """Whether ``place`` is what ``initTRPC….create()`` gives (tRPC docs, "Define Routers")."""
    for _ in range(_DEPTH):
        place = follow(modules, place)
        found = chain(place.module.syntax, place.node)
        root = found.root
        while root.type == "member_expression" and (inner := root.child_by_field_name("object")):
            root = unwrap(inner)
        if root.type == "call_expression" and not found.calls and (result := made(modules, place)):
            place = result
            continue
        name = place.module.syntax.code(root) if root.type == "identifier" and found.calls else ""
        source = place.module.imports.get(name)
        return bool(name) and (name == "initTRPC" or bool(source and source.name == "initTRPC"))
    return False


_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Met:
    """A builder that was met, how deep it was looked into, and whether it stands inside a function."""

    builder: Builder
    depth: int
    inner: bool = False


class BuilderTable:
    """The builders met so far; each is judged once, where it is defined."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self.guards = Guards(modules)
        self._met: dict[_Key, _Met] = {}

    def all(self) -> tuple[Builder, ...]:
        """Every builder met at the top level of a file, in the order of their files and names."""
        found = (self._met[key] for key in sorted(self._met))
        return tuple(met.builder for met in found if not met.inner)

    def asking(self, question: Question, work: Callable[[], T]) -> T:
        """The answer to ``question``, as ``Inquiry.ask`` has it; builders that ``work`` meets are met with it."""

        def meeting() -> tuple[T, tuple[tuple[_Key, _Met], ...]]:
            outer, self._met = self._met, {}
            try:
                return work(), tuple(self._met.items())
            finally:
                self._met = outer

        value, met = self._modules.inquiry.ask(question, meeting)
        for key, each in met:
            self._meet(key, each)
        return value

    def scan(self, path: str) -> None:
        """Meet every builder that the module at ``path`` declares at its top level."""
        self.asking(("builders", path), lambda: self._scan(path))

    def _scan(self, path: str) -> bool:
        module = self._modules.module(path)
        for name in tuple(module.values) if module is not None else ():
            if module is not None and self._is_builder(module, name):
                self.named(module, name)
        return module is not None

    def of(self, root: Place) -> Builder:
        """Meet the builder that a chain starts from; it goes by the name that it has there."""
        root = root.at(unwrap(root.node))
        name = root.module.syntax.code(root.node) if root.node.type != "call_expression" else ""
        if root.node.type == "identifier":
            return replace(self._identifier(root, _DEPTH), name=name)
        found = self._expression(replace(root, name=""), _DEPTH)
        return self._keep(found, root.scope is not None)

    def is_builder(self, root: Place) -> bool:
        """Whether a chain from ``root`` makes procedures: it leads to ``t.procedure``, as far as it can be followed."""
        for _ in range(_DEPTH):
            if root.node.type == "member_expression" and self._is_bare(root):
                return True
            if root.node.type == "identifier" and self._taken_from_init(root):
                return True
            target = follow(self._modules, root)
            if target.node.type == "call_expression":
                target = made(self._modules, target) or target
            inner = chain(target.module.syntax, target.node)
            if inner.calls and any(call.method not in _STEPS for call in inner.calls):
                return False
            if target.at(inner.root).range == root.range:
                return False
            root = target.at(inner.root)
        return False

    def named(self, module: Module, name: str, depth: int = _DEPTH) -> Builder:
        """The builder called ``name`` in ``module``; judged by its name alone when it comes from outside the files."""
        binding = self._modules.find(module, name) if depth > 0 else None
        if not isinstance(binding, Binding):
            return self._keep(_by_name(module, name, binding), False)
        where, found = (binding.module.path, binding.name), binding
        question = ("builder", *where, str(depth))
        builder = self.asking(question, lambda: self._declared(found, depth))
        self._meet((*where, 0), _Met(builder, depth))
        return builder

    def _declared(self, binding: Binding, depth: int) -> Builder:
        self._modules.inquiry.note("text", binding.module.path)
        place = Place(binding.module, unwrap(binding.value.node), binding.name)
        return self._defined(place, binding.value.key, line_of(binding.value.node), depth)

    def _identifier(self, root: Place, depth: int) -> Builder:
        name = root.module.syntax.code(root.node)
        if (given := dict(root.given).get(name)) is not None and depth > 0:
            found = given.node.type == "identifier" and self._identifier(given, depth - 1)
            return found or self._expression(replace(given, name=name), depth - 1)
        if root.scope is not None:
            target = follow(self._modules, root)
            if target.range != root.range and (target.scope is not None or target.module.path == root.module.path):
                made_here = self._defined(replace(target, name=name), "", line_of(target.node), depth)
                return self._keep(made_here, True)
        return self.named(root.module, name, depth)

    def _keep(self, builder: Builder, inner: bool) -> Builder:
        self._meet((builder.file, builder.name, builder.line if inner else 0), _Met(builder, _DEPTH, inner))
        return builder

    def _meet(self, key: _Key, met: _Met) -> None:
        """Keep ``met``, of several judgements of one builder that which went deepest."""
        known = self._met.get(key)
        if known is None or known.depth < met.depth:
            self._met[key] = met

    def _is_builder(self, module: Module, name: str) -> bool:
        value = module.values[name]
        place = Place(module, unwrap(value.node), name)
        if value.key:
            if value.key == "procedure" and is_init(self._modules, place):
                return True
            held = property_of(self._modules, follow(self._modules, place), value.key)
            return held is not None and held.node.type != "identifier" and self.is_builder(held)
        found = chain(module.syntax, place.node)
        if any(call.method not in _STEPS for call in found.calls):
            return False
        if found.root.type == "member_expression":
            return property_name(module.syntax, found.root) == "procedure"
        return bool(found.calls) and found.root.type == "identifier" and self.is_builder(Place(module, found.root))

    def _taken_from_init(self, root: Place) -> bool:
        found = self._modules.find(root.module, root.module.syntax.code(root.node))
        if not isinstance(found, Binding) or found.value.key != "procedure":
            return False
        return is_init(self._modules, Place(found.module, found.value.node))

    def _is_bare(self, place: Place) -> bool:
        owner = place.node.child_by_field_name("object")
        if owner is None or property_name(place.module.syntax, place.node) != "procedure":
            return False
        return is_init(self._modules, place.at(owner))

    def _defined(self, place: Place, key: str, line: int, depth: int) -> Builder:
        """The builder that a declaration makes; ``key`` is what it takes out of an object."""
        name, file = place.name, place.module.path
        if key == "procedure":
            return replace(_bare(name, file, line), base="t.procedure", base_file=file)
        if key and (held := property_of(self._modules, follow(self._modules, place), key)):
            place = replace(held, name=name)
        elif key:
            return Builder(name, file, line=line, access=Access(reason=f"`{name}` could not be followed"))
        if result := made(self._modules, place):
            place = replace(result, name=name)
        return replace(self._expression(place, depth), name=name, file=file, line=line)

    def _expression(self, place: Place, depth: int) -> Builder:
        """The builder that an expression makes."""
        module = place.module
        found = chain(module.syntax, place.node)
        name, line = place.name or _short(module, place.node), line_of(place.node)
        base = self._base(place, found, depth)
        if not found.calls and not place.name:
            return base
        judged = self.guards.judge(place, found.calls, base.access, name, name)
        inputs = shapes(self._modules, place, found, "input", name)
        access = judged.access
        if access.level is AccessLevel.PUBLIC and found.calls:
            access = replace(access, builder=name, reason=f"no middleware of `{name}` turns callers away")
        return Builder(
            name,
            module.path,
            protected=base.protected or access.level in (AccessLevel.SIGNED_IN, AccessLevel.ROLES),
            roles=tuple(dict.fromkeys((*base.roles, *judged.roles))),
            line=line,
            base=base.name,
            base_file=base.file,
            middlewares=(*base.middlewares, *judged.middlewares),
            narrows=base.narrows or judged.narrows,
            access=access if access.builder else replace(access, builder=base.name or name),
            inputs=(*base.inputs, *inputs),
        )

    def _base(self, place: Place, found: Chain, depth: int) -> Builder:
        """What a chain begins from."""
        root = place.at(found.root)
        if root.node.type == "member_expression":
            if self._is_bare(root) or property_name(root.module.syntax, root.node) == "procedure":
                owner = follow(self._modules, root.at(root.node.child_by_field_name("object") or root.node))
                return _bare(root.module.syntax.code(root.node), owner.module.path, line_of(owner.node))
            target = follow(self._modules, root)
            if target.range != root.range and depth > 0:
                return self._expression(replace(target, name=property_name(root.module.syntax, root.node)), depth - 1)
        if root.node.type == "call_expression" and depth > 0:
            if result := made(self._modules, root):
                return self._expression(replace(result, name=_short(root.module, root.node)), depth - 1)
            root = root.at(unwrap(root.node.child_by_field_name("function") or root.node))
        if root.node.type == "identifier" and (depth > 0):
            return self._identifier(root, depth - 1)
        code = _short(root.module, root.node)
        return Builder(code, root.module.path, access=Access(reason=f"`{code}` could not be followed"))


def _bare(name: str, file: str, line: int) -> Builder:
    reason = f"`{name}` is the bare procedure of tRPC"
    return Builder(name, file, line=line, access=Access(AccessLevel.PUBLIC, name, reason, (), file, line))


def _by_name(module: Module, name: str, found: Outside | None) -> Builder:
    """What can be said of a builder that is not among the files."""
    guarded = bool(_GUARDED_NAME.search(name)) and not _OPEN_NAME.search(name) and found is not None
    source = module.imports.get(name)
    reason = f"`{name}` could not be followed"
    if source is not None:
        reason = f"`{name}` comes from `{source.module}`, which is not among the files"
        reason += "; its name says that it wants a session" if guarded else ""
    access = Access(AccessLevel.UNKNOWN, name, reason, (), module.path)
    return Builder(name, source.module if source else module.path, guarded, access=access)


def _short(module: Module, node: Node) -> str:
    return " ".join(module.syntax.code(node)[:200].split())[:60]
