"""What each task waits for or is blocked by, and which comes next; what goes in a circle or is unknown is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from beai.core.project.facts import ActiveContext, Task
from beai.core.project.markdown import plain
from beai.core.project.task_holds import held
from beai.core.project.task_ids import TASK_ID, clean
from beai.core.project.task_words import State, state

_NUMBERS = re.compile(
    r"(?:(?:tasks?|steps?|items?|tareas?|tarefas?|aufgaben?|tâches?|задач[аи]|タスク|任务|작업)\s{0,3}|#)?#?"
    r"\d{1,3}(?:\.\d{1,3}){0,3}(?:\s{0,3}(?:,|&|and|to|through|und|bis|y|et|e|[-–—])\s{0,3}#?\d{1,3}(?:\.\d{1,3}){0,3}){0,20}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,3})(\s{0,3}(?:to|through|bis|[-–—])(?=\s{0,3}#?\d))?", re.IGNORECASE)
_ALL = re.compile(
    r"\ball (?:of the )?(?:above|previous|preceding|prior|earlier)\b|^all (?:other )?tasks$", re.IGNORECASE
)
_LAST_NUMBER = re.compile(r"(\d{1,6})$")
_REMARK = re.compile(r"\s[(\[][^()\[\]]{0,80}[)\]]$")
_MOST_NEEDS = 200
SAYS = "blocked, as the active context says: "
"""How a reason begins that is a line of the active context."""


@dataclass(frozen=True, slots=True)
class Node:
    """One task among the others.

    ``needs`` are the IDs of the tasks it depends on, ``waits_for`` those of them that are not done, ``unknown`` the
    wordings that name no task here, ``cycle`` the IDs of a circle of dependencies that it is part of, and ``held`` the
    blockers of the active context that name it.
    """

    task: Task
    state: State
    needs: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    cycle: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is work left in it."""
        return self.state not in (State.DONE, State.CANCELLED)

    @property
    def ready(self) -> bool:
        """Whether it can be begun: nothing it needs is unfinished, and nothing says that it is blocked."""
        return self.is_open and not self.waits_for and not self.held and self.state is not State.BLOCKED


@dataclass(frozen=True, slots=True)
class Graph:
    """Every task with what it waits for, in the order they were read."""

    nodes: Mapping[str, Node]

    def node(self, task_id: str) -> Node | None:
        """The task with this ID among the others, or None."""
        return self.nodes.get(task_id)

    @property
    def next(self) -> tuple[Node, ...]:
        """What to do next, first things first.

        Tasks in progress, then those that are ready, then those in review, then those that wait; each in the order
        they were read, and of each kind those first that wait for nothing and whose dependencies are all known.
        """
        return tuple(sorted((node for node in self.nodes.values() if node.is_open), key=_rank))

    def why(self, task_id: str) -> tuple[str, ...]:
        """What blocks a task, in words; nothing for one that is finished or ready."""
        node = self.nodes.get(task_id)
        if node is None or not node.is_open:
            return ()
        said: list[str] = []
        if waiting := [self.nodes[name] for name in node.waits_for if name not in node.cycle]:
            named = ", ".join(f"{one.task.id} ({one.task.status or 'no status'})" for one in waiting)
            said.append(f"blocked by {named}")
        if node.cycle:
            said.append(f"depends on itself: {' → '.join((*node.cycle, node.cycle[0]))}")
        if node.state is State.BLOCKED:
            said.append(f"its own status says {node.task.status}")
        said += [f"{SAYS}{line}" for line in node.held]
        return tuple(said)

    def notes(self, task_id: str) -> tuple[str, ...]:
        """``why``, and the dependencies of an open task that nobody here can look up."""
        node = self.nodes.get(task_id)
        unknown = node.unknown if node is not None and node.is_open else ()
        return (*self.why(task_id), *(f"unknown dependency: {words}" for words in unknown))


def graph(tasks: Sequence[Task], context: ActiveContext | None = None) -> Graph:
    """The tasks with their dependencies resolved: by ID, number or title, and all tasks above where it says so.

    ``context`` blocks those that a line among its blockers names.
    """
    return _graph(tuple(tasks), context)


@lru_cache(maxsize=4)  # the screen asks at every change of the session, and the tasks are as they were
def _graph(tasks: tuple[Task, ...], context: ActiveContext | None) -> Graph:
    index = _Index(tasks)
    needs: dict[str, tuple[str, ...]] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    for task in tasks:
        needs[task.id], unknown[task.id] = index.resolved(task)
    states = {task.id: state(task.status) for task in tasks}
    cycles = _cycles(needs)
    holds = held(context.holds) if context else {}
    return Graph(
        {
            task.id: Node(
                task,
                states[task.id],
                needs[task.id],
                unknown[task.id],
                tuple(name for name in needs[task.id] if states[name] is not State.DONE),
                cycles.get(task.id, ()),
                holds.get(task.id.lower(), ()),
            )
            for task in tasks
        }
    )


class _Index:
    """The tasks by what a dependency may call them."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.ids = {task.id.lower(): task.id for task in tasks}
        self.order = [task.id for task in tasks]
        self.at = {task.id: at for at, task in enumerate(tasks)}
        self.titles: dict[str, str] = {}
        self.numbers: dict[tuple[str, int], list[str]] = {}
        for task in tasks:
            self.titles.setdefault(_folded(task.title), task.id)
            if TASK_ID.fullmatch(task.id) and (last := _LAST_NUMBER.search(task.id)):
                self.numbers.setdefault((task.file, int(last.group())), []).append(task.id)

    def resolved(self, task: Task) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tasks that ``task`` depends on, and the wordings that name none."""
        needs: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for words in task.dependencies:
            found = self._named(words, task)
            needs.update(dict.fromkeys(found))
            if not found:
                unknown[words] = None
            if len(needs) > _MOST_NEEDS:
                break
        return tuple(needs), tuple(unknown)

    def _named(self, words: str, task: Task) -> Sequence[str]:
        bare = _REMARK.sub("", plain(words)).strip()
        for name in (plain(words), bare):
            if found := self.ids.get(name.lower()):
                return (found,)
        if _NUMBERS.fullmatch(bare):
            return self._numbered(bare, task)
        if title := self.titles.get(_folded(bare)):
            return (title,)
        first = bare.split(" ", 1)[0].rstrip(":,")
        if found := self.ids.get(first.lower()):
            return (found,)
        return self.order[max(self.at[task.id] - _MOST_NEEDS, 0) : self.at[task.id]] if _ALL.search(bare) else ()

    def _numbered(self, words: str, task: Task) -> Sequence[str]:
        """``Task 1 and 3``, ``1-3``, ``#2``: by an ID that is the number, else by the one ID that ends with it."""
        numbers: list[str] = []
        since = ""
        for match in _NUMBER.finditer(words):
            if since and since.isdigit() and match.group(1).isdigit():
                numbers += map(str, range(int(since) + 1, min(int(match.group(1)), int(since) + _MOST_NEEDS)))
            numbers.append(match.group(1))
            since = match.group(1) if match.group(2) else ""
        found = []
        for number in numbers:
            alike = self.numbers.get((task.file, int(number)), []) if number.isdigit() else []
            if name := self.ids.get(number) or (alike[0] if len(alike) == 1 else ""):
                found.append(name)
        return found if len(found) == len(numbers) else ()


def _rank(node: Node) -> tuple[int, bool, bool]:
    order = 0 if node.state is State.IN_PROGRESS else 2 if node.state is State.IN_REVIEW else 1 if node.ready else 3
    return order, not node.ready, bool(node.unknown)


def _folded(title: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", clean(title[:400])).lower().split())


def _cycles(needs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """For each task in a circle of dependencies the circle, beginning with itself (strongly connected components)."""
    found: dict[str, tuple[str, ...]] = {}
    for component in _components(needs):
        if len(component) == 1 and component[0] not in needs[component[0]]:
            continue
        members = set(component)
        for name in component[:_MOST_NEEDS]:
            found[name] = _circle(name, needs, members)
        found.update(dict.fromkeys(component[_MOST_NEEDS:], ()))
    return found


def _circle(start: str, needs: Mapping[str, Iterable[str]], members: set[str]) -> tuple[str, ...]:
    """The shortest way from ``start`` through ``members`` back to itself."""
    came: dict[str, str] = {}
    layer = [start]
    while layer:
        following: list[str] = []
        for name in layer:
            for other in needs[name]:
                if other == start:
                    way = [name]
                    while way[-1] != start:
                        way.append(came[way[-1]])
                    return tuple(reversed(way))
                if other in members and other not in came:
                    came[other] = name
                    following.append(other)
        layer = following
    return (start,)


def _components(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Strongly connected components (Tarjan), without recursion, so that no depth of a file is too deep."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    inside: set[str] = set()
    made: list[list[str]] = []
    for root in needs:
        work = [(root, iter(needs[root]))] if root not in number else []
        if work:
            number[root] = low[root] = len(number)
            stack.append(root)
            inside.add(root)
        while work:
            name, rest = work[-1]
            other = next(rest, None)
            if other is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    made.append(_closed(name, stack, inside))
            elif other not in number:
                number[other] = low[other] = len(number)
                stack.append(other)
                inside.add(other)
                work.append((other, iter(needs[other])))
            elif other in inside:
                low[name] = min(low[name], number[other])
    return made


def _closed(name: str, stack: list[str], inside: set[str]) -> list[str]:
    component: list[str] = []
    while not component or component[-1] != name:
        component.append(stack.pop())
        inside.discard(component[-1])
    return component
