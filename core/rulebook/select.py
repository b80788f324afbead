"""Which rules are in force now, by what route, why and at what cost; and every other rule with why it is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from beai.core.loop.phase import Phase
from beai.core.project.facts import RuleFile
from beai.core.rulebook.applies import applies, is_convention, scope
from beai.core.rulebook.budget import LEAST, Draft, fit, sections_of, whole
from beai.core.rulebook.closure import Names, Reached, Source, follow
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.links import stands_for
from beai.core.rulebook.needs import PHASE_OF, phases_of, spoken, wants_section
from beai.core.rulebook.pieces import pieces
from beai.core.rulebook.references import cited
from beai.core.rulebook.roles import BACKEND, other_role, own_folders
from beai.core.rulebook.selection import BUDGET, Attached, LeftOut, Selection, Why
from beai.core.suggest.exchange import Purpose
from beai.core.tokens import tokens

ROLE = "be_ai"
DEPTH = 3
_KINDS = {"offered": Why.OFFERED, "globs": Why.GLOBS, "folder": Why.FOLDER, "uncited": Why.UNCITED}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A rule to be sent: ``direct`` when nothing but the phase may keep it out, ``always`` when not even that."""

    rule: RuleFile
    route: tuple[str, ...]
    reason: str
    sections: tuple[str, ...] = ()
    direct: bool = False
    always: bool = False


def select(
    rules: Sequence[RuleFile],
    *,
    phase: Phase | Purpose | None = None,
    role: str = BACKEND,
    role_text: str = "",
    texts: Sequence[tuple[str, str]] = (),
    files: Sequence[str] = (),
    asked: Sequence[str] = (),
    budget: int = BUDGET,
    depth: int = DEPTH,
) -> Selection:
    """The rules in force for ``phase`` (None: for any), the role first, then by how near they were cited.

    ``role_text`` stands in for the role rule's text; ``texts`` are other texts that may cite rules, each with what it
    is called (``the task``); ``files`` are the paths in play, for globs and folders; ``asked`` are names of rules that
    the model or the person asked for. A citation that names sections brings those sections alone.
    """
    at = PHASE_OF[phase] if isinstance(phase, Purpose) else phase
    left = _no_rules(rules)
    standing = [rule for rule in rules if id(rule) not in left]
    choice = _Choice(rules, standing, at, role, tuple(files))
    kept = choice.unasked(asked)
    kept += choice.reached(kept, role_text, texts, depth)
    kept.sort(key=choice.is_foreign)
    left |= choice.left | {id(one.rule): one for one in choice.rest(kept)}
    kept, twins = _once(kept)
    left |= twins
    attached: list[Attached] = []
    drafts = [_draft(one, at, role_text, choice.is_foreign(one)) for one in kept]
    for chosen, draft in zip(kept, fit(drafts, budget), strict=True):
        if draft is None:
            reason = f"needed least, where all in force are over {budget:,} tokens; {chosen.reason}"
            left[id(chosen.rule)] = LeftOut(chosen.rule, Why.BUDGET, reason, tokens(chosen.rule.text))
        else:
            attached.append(_attached(chosen, draft))
    return Selection(tuple(attached), tuple(left[id(rule)] for rule in rules if id(rule) in left), budget)


def shelf(project: Iterable[RuleFile], shipped: Iterable[tuple[str, str]]) -> tuple[RuleFile, ...]:
    """The project's rules, then every shipped one (file name, text); ``select`` says which are shadowed."""
    return (*project, *(read_rule(name, text, shipped=True) for name, text in shipped))


class _Choice:
    """One choice in the making; ``left`` grows by what is reached and refused."""

    def __init__(
        self,
        rules: Sequence[RuleFile],
        standing: Sequence[RuleFile],
        phase: Phase | None,
        role: str,
        files: tuple[str, ...],
    ) -> None:
        self._standing = standing
        self._known = {id(rule) for rule in standing}
        self._names = Names(rules, stands_for(rules))
        self._phase = phase
        self._role = role
        self._files = files
        self._ours = own_folders(standing)
        conventions = [rule for rule in standing if is_convention(rule)]
        self._applies = {id(rule): applies(rule, files, conventions) for rule in standing}
        self._roles = [rule for rule in self._names.named(ROLE) if id(rule) in self._known]
        self.left: dict[int, LeftOut] = {}

    def unasked(self, asked: Sequence[str]) -> list[_Chosen]:
        """What needs no citation: the role, conventions and rules that apply by themselves, and what was asked for."""
        wanted = {name.lower().removeprefix("@") for name in asked}
        found = [_Chosen(rule, (rule.name,), "the role", always=True) for rule in self._roles]
        for rule in sorted(self._standing, key=_order):
            said = self._applies[id(rule)]
            if rule in self._roles:
                continue
            if said.applies:
                always = rule.always or is_convention(rule)
                found.append(_Chosen(rule, (rule.name,), said.reason, always=always))
            elif rule.name.lower() in wanted:
                found.append(_Chosen(rule, (rule.name,), "it was asked for", always=True))
        return [one for one in found if not self._refuses(one)]

    def reached(
        self, kept: Sequence[_Chosen], role_text: str, texts: Sequence[tuple[str, str]], depth: int
    ) -> list[_Chosen]:
        """What the role, ``texts`` and the rules in force cite, over at most ``depth`` citations."""
        role = self._roles[0] if self._roles else None
        first = [Source((ROLE,), role_text or (role.text if role else ""), 0, role.path if role else "")]
        first += [Source((who,), text) for who, text in texts]
        direct = {source.route for source in first}
        first += [Source(one.route, one.rule.text, 0, one.rule.path) for one in kept if one.rule not in self._roles]

        def chosen(one: Reached) -> _Chosen:
            near = one.depth == 1 and one.route[:1] in direct
            return _Chosen(one.rule, one.route, one.reason, one.sections, direct=near)

        found: list[_Chosen] = []
        there = {id(one.rule) for one in kept}
        for one in follow(first, self._names, depth, lambda one: self._refusal(chosen(one)) is None).values():
            if id(one.rule) in there or id(one.rule) not in self._known:
                continue
            if one.depth > depth:
                reason = f"{one.depth} citations away: {' → '.join(one.route)}"
                self.left[id(one.rule)] = LeftOut(one.rule, Why.DEPTH, reason, tokens(one.rule.text))
            elif not self._refuses(candidate := chosen(one)):
                found.append(candidate)
        return found

    def is_foreign(self, one: _Chosen) -> bool:
        """Whether a rule that must be in force is another role's by its signs, and so the first to be cut."""
        return one.always and bool(other_role(one.rule, self._role, self._ours))

    def rest(self, kept: Sequence[_Chosen]) -> Iterable[LeftOut]:
        """Every rule that nothing led to, with what would."""
        there = {id(one.rule) for one in kept} | self.left.keys()
        citing: dict[int, str] = {}
        for out in self.left.values():
            for reference in cited(out.rule.text):
                for rule in self._names.find(reference, out.rule.path):
                    citing.setdefault(id(rule), f"cited only by @{out.rule.name}, which is left out ({out.why})")
        for rule in self._standing:
            said = self._applies[id(rule)]
            if id(rule) in there:
                continue
            refusal = self._refusal(_Chosen(rule, (), ""))
            if refusal and refusal[0] is not Why.PHASE:
                yield LeftOut(rule, refusal[0], refusal[1], tokens(rule.text))
            else:
                kind = _KINDS[said.kind]
                reason = citing.get(id(rule), said.reason) if kind is Why.UNCITED else said.reason
                yield LeftOut(rule, kind, reason, tokens(rule.text))

    def _refuses(self, one: _Chosen) -> bool:
        refusal = self._refusal(one)
        if refusal is None:
            self.left.pop(id(one.rule), None)
            return False
        self.left[id(one.rule)] = LeftOut(one.rule, *refusal, tokens(one.rule.text))
        return True

    def _refusal(self, one: _Chosen) -> tuple[Why, str] | None:
        """Why a rule stays out although something led to it."""
        if one.always:
            return None
        led = f"; {one.reason}" if one.reason else ""
        folder = scope(one.rule)
        if folder and self._files and not any(path.startswith(folder + "/") for path in self._files):
            return Why.FOLDER, f"it speaks for {folder}/, and no file of it is in play{led}"
        if not one.direct and (sign := other_role(one.rule, self._role, self._ours)):
            return Why.OTHER_ROLE, f"{sign}{led}"
        phases = phases_of(one.rule)
        if self._phase is not None and self._phase not in phases:
            return Why.PHASE, f"it belongs to {spoken(phases)}{led}"
        return None


def _no_rules(rules: Sequence[RuleFile]) -> dict[int, LeftOut]:
    """The files that cannot be in force themselves: shadowed ones, links and empty ones."""
    own = {rule.name.lower(): rule for rule in reversed(rules) if not rule.shipped}
    links = stands_for(rules)
    known = {rule.path for rule in rules if not rule.shipped}
    left: dict[int, LeftOut] = {}
    for rule in rules:
        weight = tokens(rule.text)
        if rule.shipped:
            if ours := own.get(rule.name.lower()):
                left[id(rule)] = LeftOut(rule, Why.SHADOWED, f"the project's own {ours.path} wins over ours", weight)
        elif target := links.get(rule.path):
            reason = f"stands for {target}" if target in known else f"to {target}, which is no rule here"
            left[id(rule)] = LeftOut(rule, Why.LINK, reason, weight)
        if not rule.text.strip():
            left[id(rule)] = LeftOut(rule, Why.EMPTY, "it has no text", weight)
    return left


def _once(kept: Sequence[_Chosen]) -> tuple[list[_Chosen], dict[int, LeftOut]]:
    """Of rules that say the same in several places the first, with the reasons of all; the others are sent by it."""
    first: dict[str, _Chosen] = {}
    twins: dict[int, LeftOut] = {}
    for one in kept:
        before = first.get(text := one.rule.text.strip())
        if before is None:
            first[text] = one
            continue
        reason = f"{before.reason}; says what {one.rule.path} says, {one.reason}"
        sections = (*before.sections, *one.sections) if before.sections and one.sections else ()
        always = before.always or one.always
        first[text] = replace(
            before, reason=reason, sections=sections, direct=before.direct or one.direct, always=always
        )
        said = f"{before.rule.path} says the same and is sent; {one.reason}"
        twins[id(one.rule)] = LeftOut(one.rule, Why.TWIN, said, tokens(one.rule.text))
    return list(first.values()), twins


def _order(rule: RuleFile) -> tuple[bool, int, str]:
    """Conventions of other tools first, the root's before a nested one's, so that the nearest is read last."""
    return not is_convention(rule), scope(rule).count("/") + bool(scope(rule)), rule.path


def _draft(one: _Chosen, phase: Phase | None, role_text: str, foreign: bool) -> Draft:
    text = role_text if role_text and one.rule.name == ROLE else one.rule.text
    least = 0.0 if one.always and not foreign else LEAST
    if not one.sections:
        return replace(whole(text), least=least)
    also = [piece.label for piece in pieces(text) if wants_section(piece.title, phase)]
    return replace(sections_of(text, one.sections, also), least=least)


def _attached(one: _Chosen, draft: Draft) -> Attached:
    text = draft.text
    return Attached(one.rule, text, one.route, one.reason, tokens(text), one.sections, draft.left)
