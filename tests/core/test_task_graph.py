"""What a task waits for is resolved from what its file says, and which comes next follows from that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.context import read_context
from beai.core.project.facts import Task
from beai.core.project.next_task import first_open
from beai.core.project.task_graph import Graph, graph
from beai.core.project.task_words import State
from beai.core.project.tasks import read_tasks


def of(*tasks: str) -> Graph:
    """The graph of tasks written ``ID status: dependency, dependency``."""
    text = ""
    for number, task in enumerate(tasks, 1):
        head, _, needs = task.partition(":")
        name, _, status = head.partition(" ")
        text += (
            f"## {name}: Title {number}\n- **Status**: {status or 'Open'}\n- **Dependencies**: {needs or 'None'}\n\n"
        )
    return graph(read_tasks("t.md", text))


def needs(found: Graph, name: str) -> tuple[str, ...]:
    node = found.node(name)
    assert node is not None
    return node.needs


def order(found: Graph) -> list[str]:
    return [node.task.id for node in found.next]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("BE-1", ["BE-1"]),
        ("BE-1, BE-3", ["BE-1", "BE-3"]),
        ("`BE-1` and **BE-2** (merged)", ["BE-1", "BE-2"]),
        ("BE-1 to BE-3", ["BE-1", "BE-2", "BE-3"]),
        ("BE-1–BE-3", ["BE-1", "BE-2", "BE-3"]),
        ("BE-1..3", ["BE-1", "BE-2", "BE-3"]),
        ("Title 2", ["BE-2"]),
        ("“Title 3”", ["BE-3"]),
        ("Task 2", ["BE-2"]),
        ("Tasks 1-3", ["BE-1", "BE-2", "BE-3"]),
        ("#1 and #3", ["BE-1", "BE-3"]),
        ("all previous tasks", ["BE-1", "BE-2", "BE-3"]),
        ("be-2", ["BE-2"]),
    ],
)
def test_a_dependency_is_found_by_id_range_title_or_number(words: str, ids: list[str]) -> None:
    found = of("BE-1", "BE-2", "BE-3", f"BE-9: {words}")
    assert list(needs(found, "BE-9")) == ids


@pytest.mark.parametrize(
    "words", ["None", "none.", "N/A", "-", "None (can start at once)", "なし", "Keine", "no dependencies"]
)
def test_none_is_no_dependency(words: str) -> None:
    node = of("BE-1", f"BE-2: {words}").node("BE-2")
    assert node is not None
    assert (node.needs, node.unknown, node.ready) == ((), (), True)


def test_what_names_no_task_is_named_and_does_not_block() -> None:
    found = of("BE-1: FE-12, Design approved")
    assert found.notes("BE-1") == ("unknown dependency: FE-12", "unknown dependency: Design approved")
    assert found.why("BE-1") == ()
    assert order(found) == ["BE-1"]


def test_a_task_waits_for_what_is_not_done_and_the_reason_says_for_what() -> None:
    found = of("BE-1 Done", "BE-2 In Review", "BE-3: BE-1, BE-2", "BE-4 Cancelled", "BE-5: BE-4")
    assert found.why("BE-3") == ("blocked by BE-2 (In Review)",)
    assert found.why("BE-5") == ("blocked by BE-4 (Cancelled)",)
    assert found.why("BE-1") == ()


def test_a_circle_is_named_from_each_task_in_it() -> None:
    found = of("BE-1: BE-3", "BE-2: BE-1", "BE-3: BE-2", "BE-4: BE-1", "BE-5: BE-5")
    assert found.why("BE-1") == ("depends on itself: BE-1 → BE-3 → BE-2 → BE-1",)
    assert found.why("BE-5") == ("depends on itself: BE-5 → BE-5",)
    assert found.why("BE-4") == ("blocked by BE-1 (Open)",)
    assert len(order(found)) == 5


def test_work_in_progress_comes_first_then_what_is_ready_then_what_waits() -> None:
    found = of("BE-1: BE-2", "BE-2", "BE-3 Blocked", "BE-4 In Review", "BE-5 In Progress", "BE-6 ✅ Done", "BE-7")
    assert order(found) == ["BE-5", "BE-2", "BE-7", "BE-4", "BE-1", "BE-3"]


def test_the_task_that_was_just_finished_blocks_nothing() -> None:
    tasks = [node.task for node in of("BE-1", "BE-2: BE-1", "BE-3").nodes.values()]
    after = first_open(tasks, done="BE-1")
    assert after is not None and after.id == "BE-2"
    assert first_open(()) is None


def test_a_status_is_understood_in_the_language_of_the_file() -> None:
    words = {
        "Erledigt": State.DONE,
        "進行中": State.IN_PROGRESS,
        "En revisión": State.IN_REVIEW,
        "Заблокировано": State.BLOCKED,
        "未完了": State.OPEN,
        "Almost done": State.IN_PROGRESS,
        "75% complete": State.IN_PROGRESS,
        "100% complete": State.DONE,
        "not done": State.OPEN,
        "⏳": State.IN_PROGRESS,
        "[x]": State.DONE,
        "Awaiting the vendor": State.UNKNOWN,
    }
    nodes = {name: of(f"BE-1 {name}").node("BE-1") for name in words}
    assert {name: node.state for name, node in nodes.items() if node} == words


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sets(st.sampled_from("ABCDEFG"))), max_size=8))
def test_any_graph_has_an_order_in_which_each_open_task_stands_once(rows: list[tuple[str, set[str]]]) -> None:
    tasks = [
        Task(name, "", "t.md", status="Open", dependencies=tuple(sorted(needed))) for name, needed in dict(rows).items()
    ]
    found = graph(tasks)
    assert sorted(order(found)) == sorted(task.id for task in tasks)
    for node in found.nodes.values():
        assert node.ready == (not found.why(node.task.id))
        assert not node.cycle or node.cycle[0] == node.task.id


def test_a_long_chain_and_a_wide_fan_are_walked_without_recursion() -> None:
    chain = [Task(f"BE-{n}", "", "t.md", dependencies=(f"BE-{n + 1}",)) for n in range(5_000)]
    chain.append(Task("BE-5000", "", "t.md", dependencies=("BE-0",)))
    assert graph(chain[:-1]).node("BE-0") is not None
    assert all(node.waits_for for node in graph(chain).nodes.values())


@pytest.mark.parametrize(
    ("line", "blocked"),
    [
        ("BE-1 waits for a person to run the migration.", ["BE-1"]),
        ("`BE-1`, **BE-2** and BE-3 wait for the answer", ["BE-1", "BE-2", "BE-3"]),
        ("BE-2 is blocked by BE-1", ["BE-2"]),
        ("BE-1 blocks BE-2 and BE-3", ["BE-2", "BE-3"]),
        ("The migration blocks BE-1", ["BE-1"]),
        ("Waiting for BE-1 and BE-2: BE-3", ["BE-3"]),
        ("BE-1 blocks the release", []),
        ("~~BE-1 waits for a key~~", []),
        ("[x] BE-1 waits for a key", []),
        ("BE-1 waited for a key (resolved)", []),
        ("BE-1 waits until the ticket is resolved", ["BE-1"]),
        ("BE-1: unresolved questions", ["BE-1"]),
        ("The staging key is not there yet", []),
        ("BE-10 waits for a key", []),
    ],
)
def test_a_blocker_of_the_active_context_blocks_the_task_it_names(line: str, blocked: list[str]) -> None:
    context = read_context(
        "tasks/active_context.md", f"# Now\n\n## Blockers\n\n- {line}\n\n## Risks\n\n- BE-3 is slow\n"
    )
    tasks = [node.task for node in of("BE-1", "BE-2", "BE-3").nodes.values()]
    found = graph(tasks, context)
    assert [name for name in found.nodes if found.why(name)] == blocked
    assert all(found.why(name) == (f"blocked, as the active context says: {line}",) for name in blocked)
    assert order(found)[len(tasks) - len(blocked) :] == blocked
    after = first_open(tasks, context=context)
    assert after is not None and (after.id not in blocked or len(blocked) == 3)


def test_a_task_whose_dependency_nobody_knows_is_not_preferred() -> None:
    assert order(of("BE-1: FE-12", "BE-2", "BE-3 In Review")) == ["BE-2", "BE-1", "BE-3"]
    assert order(of("BE-1 In Progress: FE-12", "BE-2 In Progress", "BE-3")) == ["BE-2", "BE-1", "BE-3"]
