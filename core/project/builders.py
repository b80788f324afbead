"""Procedure builders: what a procedure is built on, and whether a middleware below it turns callers away."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.project.expressions import Chain, arguments, called, chain, property_name, returned, unwrap
from beai.core.project.facts import Builder
from beai.core.project.modules import Binding, Module, Modules, Outside

_REFUSES = re.compile(r"\b(?:UNAUTHORIZED|FORBIDDEN)\b")
_ROLE = re.compile(
    r"\brole\s*[!=]==?\s*[\"'](\w+)[\"']|[\"'](\w+)[\"']\s*[!=]==?\s*[\w.?!]{0,80}\brole\b|\bRole\.(\w+)"
    r"|roles?\w{0,20}\(\s*\[?\s*[\"'](\w+)[\"']",
    re.IGNORECASE,
)
_GUARDED_NAME = re.compile(r"protected|auth|private|admin|member|owner", re.IGNORECASE)
_OPEN_NAME = re.compile(r"public|unauth|optional|anonymous", re.IGNORECASE)
_STEPS = frozenset({"use", "input", "output", "meta", "concat", "unstable_concat"})
_DEPTH = 12


def is_init(modules: Modules, module: Module, node: Node, depth: int = _DEPTH) -> bool:
    """Whether ``node`` is what ``initTRPC….create()`` gives (tRPC docs, "Define Routers")."""
    found = chain(module.syntax, node)
    root = found.root
    while root.type == "member_expression" and (inner := root.child_by_field_name("object")):
        root = unwrap(inner)
    if root.type != "identifier":
        return False
    name = module.syntax.code(root)
    if found.calls:
        source = module.imports.get(name)
        return name == "initTRPC" or bool(source and source.name == "initTRPC")
    binding = modules.find(module, name) if depth else None
    if not isinstance(binding, Binding) or binding.value.key:
        return False
    return binding.value.node.id != node.id and is_init(modules, binding.module, binding.value.node, depth - 1)


class BuilderTable:
    """The builders met so far; each is judged once, where it is defined."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._known: dict[tuple[str, str], Builder] = {}

    def all(self) -> tuple[Builder, ...]:
        """Every builder met, in the order of their files and names."""
        return tuple(self._known[key] for key in sorted(self._known))

    def scan(self, module: Module) -> None:
        """Meet every builder that ``module`` declares at its top level."""
        for name in tuple(module.values):
            if self._is_builder(module, name):
                self.named(module, name)

    def of(self, module: Module, root: Node) -> str:
        """Meet the builder that a procedure's chain starts from; returns the name it goes by there."""
        name = module.syntax.code(root)
        if root.type == "identifier":
            self.named(module, name)
        else:
            self._known.setdefault((module.path, name), Builder(name, module.path))
        return name

    def named(self, module: Module, name: str, depth: int = _DEPTH) -> Builder:
        """The builder called ``name`` in ``module``; judged by its name alone when it comes from outside the files."""
        binding = self._modules.find(module, name) if depth else None
        if not isinstance(binding, Binding):
            guarded = bool(_GUARDED_NAME.search(name)) and not _OPEN_NAME.search(name)
            source = module.imports.get(name)
            return self._keep(
                Builder(name, source.module if source else module.path, isinstance(binding, Outside) and guarded)
            )
        place = (binding.module.path, binding.name)
        if place not in self._known:
            self._known[place] = Builder(binding.name, binding.module.path)  # stops a definition that goes in circles
            self._known[place] = self._judge(binding, depth)
        return self._known[place]

    def _keep(self, builder: Builder) -> Builder:
        return self._known.setdefault((builder.file, builder.name), builder)

    def _is_builder(self, module: Module, name: str) -> bool:
        value = module.values[name]
        if value.key:
            return value.key == "procedure" and is_init(self._modules, module, value.node)
        found = chain(module.syntax, value.node)
        if any(call.method not in _STEPS for call in found.calls):
            return False
        if found.root.type == "member_expression":
            return property_name(module.syntax, found.root) == "procedure"
        return bool(found.calls) and found.root.type == "identifier" and self._leads_to_builder(module, found.root)

    def _leads_to_builder(self, module: Module, root: Node) -> bool:
        binding = self._modules.find(module, module.syntax.code(root))
        if not isinstance(binding, Binding) or binding.value.node.id == root.id:
            return False
        if (binding.module.path, binding.name) in self._known:
            return True
        found = chain(binding.module.syntax, binding.value.node).root
        return property_name(binding.module.syntax, found) == "procedure" or binding.value.key == "procedure"

    def _judge(self, binding: Binding, depth: int) -> Builder:
        node, module = unwrap(binding.value.node), binding.module
        if result := returned(node):
            node = result
        found = chain(module.syntax, node)
        protected, roles = self._base(module, found, depth)
        for call in found.calls:
            if call.method in ("use", "concat", "unstable_concat"):
                code = "\n".join(self._code(module, argument, 2) for argument in arguments(call.node))
                protected = protected or bool(_REFUSES.search(code))
                roles += tuple(role for groups in _ROLE.findall(code) for role in groups if role)
        return Builder(binding.name, module.path, protected, tuple(dict.fromkeys(roles)))

    def _base(self, module: Module, found: Chain, depth: int) -> tuple[bool, tuple[str, ...]]:
        root = found.root
        if root.type == "call_expression":
            root = unwrap(root.child_by_field_name("function") or root)
        if root.type != "identifier" or not found.calls:
            return False, ()
        base = self.named(module, module.syntax.code(root), depth - 1)
        return base.protected, base.roles

    def _code(self, module: Module, node: Node, hops: int) -> str:
        """The text of a middleware, with that of the functions it is made of or calls, ``hops`` definitions deep."""
        parts = [module.syntax.code(node)]
        names = [module.syntax.code(node)] if node.type == "identifier" else list(called(module.syntax, node))
        for name in names if hops else ():
            binding = self._modules.find(module, name)
            if isinstance(binding, Binding) and binding.value.node.id != node.id:
                parts.append(self._code(binding.module, binding.value.node, hops - 1))
        return "\n".join(parts)
