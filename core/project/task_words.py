"""The words that task files use for attributes and for states, in the languages they are written in."""

# ruff: noqa: E501 -- ruff counts ideographs double

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

LABELS: Mapping[str, str] = {
    "description": "Description",
    "role": "Assigned Role",
    "dependencies": "Dependencies",
    "status": "Status",
    "deliverables": "Deliverables",
    "criteria": "Acceptance Criteria",
    "unit_tests": "Unit Test Requirement",
    "done_when": "DoD",
}


class State(StrEnum):
    """What a status says about the work."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    IN_REVIEW = "in review"
    BLOCKED = "blocked"
    DONE = "done"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


# One line per attribute, words separated by commas; case, punctuation and marks around a label do not count.
_ATTRIBUTES = {
    "id": "id, task id, key, #, no, nr, ticket, ticket id, identifier, タスクid, 编号, 編號, 任务id, 번호, код",
    "title": (
        "title, task, name, task name, task title, story, タイトル, タスク, 标题, 任务, 제목, 작업, "
        "título, titulo, tarea, tarefa, titel, aufgabe, titre, tâche, задача, название"
    ),
    "description": (
        "description, desc, summary, details, objective, task description, 説明, 概要, 描述, 说明, 설명, descripción, "
        "descripcion, descrição, beschreibung, описание"
    ),
    "role": (
        "assigned role, assigned to, assignee, role, owner, assigned, responsible, 担当, 担当者, 负责人, 담당, 담당자, "
        "responsable, asignado a, asignado, rol, rolle, zuständig, verantwortlich, responsável, rôle, исполнитель, роль"
    ),
    "dependencies": (
        "dependencies, dependency, depends on, depends, blocked by, prerequisites, prerequisite, requires, "
        "deps, depends on tasks, 依存関係, 依存, 依赖, 依赖项, 의존성, 선행 작업, dependencias, depende de, dependências, "
        "abhängigkeiten, abhängig von, dépendances, dépend de, зависимости, зависит от"
    ),
    "status": (
        "status, state, task status, current status, ステータス, 状態, 状态, 상태, estado, statut, situação, zustand, "
        "stato, stan, статус, состояние, durum"
    ),
    "deliverables": (
        "deliverables, deliverable, files, output, outputs, artifacts, files to create, files to modify, 成果物, "
        "交付物, 산출물, entregables, entregáveis, ergebnisse, lieferobjekte, livrables, результаты"
    ),
    "criteria": (
        "acceptance criteria, acceptance criterion, acceptance, criteria, ac, success criteria, 受け入れ基準, 受入基準, "
        "受け入れ条件, 验收标准, 인수 조건, 수락 기준, criterios de aceptación, criterios de aceptacion, "
        "critérios de aceitação, akzeptanzkriterien, abnahmekriterien, critères d acceptation, критерии приемки, "
        "критерии приёмки"
    ),
    "unit_tests": (
        "unit test requirement, unit test requirements, unit tests, unit test, unit testing, testing, test requirement, "
        "test requirements, tests, unit test req, テスト, テスト要件, ユニットテスト, 单元测试, 测试要求, 테스트, 단위 테스트, "
        "pruebas, pruebas unitarias, testes, testes unitários, tests unitaires, unittests, тесты, юнит тесты"
    ),
    "done_when": (
        "dod, definition of done, done when, definition of done dod, 完了条件, 完了の定義, 完成定义, 완료 조건, "
        "definición de hecho, definição de pronto, fertig wenn, définition de fini, критерии готовности"
    ),
}
_STATES = {
    State.IN_PROGRESS: (
        "in progress, in-progress, in_progress, inprogress, wip, ongoing, doing, started, active, 進行中, 着手中, 作業中, "
        "进行中, 진행 중, 진행중, en progreso, en curso, em andamento, in arbeit, in bearbeitung, en cours, в работе, "
        "in corso"
    ),
    State.IN_REVIEW: (
        "in review, in-review, in_review, review, under review, code review, ready for review, qa, レビュー中, レビュー待ち, "
        "审核中, 评审中, 검토 중, 리뷰 중, en revisión, em revisão, in prüfung, in review bei, en revue, на проверке"
    ),
    State.BLOCKED: (
        "blocked, on hold, on-hold, paused, waiting, stalled, ブロック, 保留, 保留中, 阻塞, 暂停, 보류, 차단됨, bloqueado, "
        "bloqueada, blockiert, bloqué, bloquée, заблокировано, заблокирована"
    ),
    State.DONE: (
        "done, complete, completed, closed, finished, resolved, merged, shipped, 完了, 完了済み, 済, 完成, 已完成, 완료, 완료됨, "
        "hecho, hecha, completado, completada, terminado, terminada, concluído, concluída, concluido, feito, pronto, "
        "erledigt, fertig, abgeschlossen, terminé, terminée, fini, готово, сделано, завершено, выполнено, fatto"
    ),
    State.CANCELLED: (
        "cancelled, canceled, dropped, rejected, obsolete, superseded, wontfix, won't do, won't fix, skipped, 中止, "
        "取消, 已取消, 취소, 취소됨, cancelado, cancelada, abgebrochen, verworfen, annulé, annulée, отменено"
    ),
    State.OPEN: (
        "to do, to-do, todo, open, pending, not started, not-started, not_started, new, planned, backlog, ready, "
        "proposed, deferred, draft, 未完了, 未完成, 미완료, 未着手, 未対応, 未開始, 待办, 待处理, 未开始, 대기, 예정, 시작 전, pendiente, por hacer, "
        "pendente, a fazer, offen, geplant, à faire, en attente, к выполнению, не начато, ожидает, открыта"
    ),
}
MARKS: Mapping[str, State] = {
    "✅": State.DONE,
    "✔": State.DONE,
    "☑": State.DONE,
    "✓": State.DONE,
    "🎉": State.DONE,
    "👀": State.IN_REVIEW,
    "⏳": State.IN_PROGRESS,
    "⌛": State.IN_PROGRESS,
    "🚧": State.IN_PROGRESS,
    "🔄": State.IN_PROGRESS,
    "🏗": State.IN_PROGRESS,
    "⬜": State.OPEN,
    "☐": State.OPEN,
    "🔲": State.OPEN,
    "⛔": State.BLOCKED,
    "🚫": State.BLOCKED,
    "❌": State.CANCELLED,
}
_BOXES = {" ": State.OPEN, "x": State.DONE, "✓": State.DONE, "✔": State.DONE, "~": State.IN_PROGRESS}
_BOXES |= {"/": State.IN_PROGRESS, "-": State.CANCELLED}
BOX = re.compile(r"\[[ xX✓✔~/-]\]")
"""A check box as list items have it."""

_NEGATED = re.compile(r"\b(?:not|nicht|non|no|не)\b", re.IGNORECASE)
_PARTLY = re.compile(r"\b(?:partial(?:ly)?|partly|almost|nearly|mostly|half|[0-9]{1,2}\s?%)", re.IGNORECASE)
_KEYS = {word.strip(): key for key, words in _ATTRIBUTES.items() for word in words.split(",")}
_BY_WORD = {
    re.sub(r"[\s_-]", "", word): state for state, words in _STATES.items() for word in map(str.strip, words.split(","))
}
_WORDS = sorted({word.strip() for words in _STATES.values() for word in words.split(",")}, key=len, reverse=True)
_WORD = "(?:" + "|".join(re.escape(word).replace(r"\ ", "[ _]?") for word in _WORDS) + r")(?![\w-])"
_SAYS = re.compile(_WORD, re.IGNORECASE)
KNOWN_STATUS = re.compile(rf"(?:[^\w\s`*_\[\]()|~<>]{{1,4}}\s?)?{_WORD}", re.IGNORECASE)
"""A status word with the emoji before it."""
_IDEOGRAPHS = "\u2e80"  # scripts from here on put no space between words
_LONGEST_LABEL = 80


_NOTHING = re.compile(
    r"(?:[-–—]*$|(?:n/?a|nil|none|nothing|no dependenc(?:y|ies)|null|なし|無し|无|無|没有|없음|ninguna?|nenhuma?|keine?"
    r"|aucune?|нет|nessuna)(?:\s*$|\s*[(,;:.–—-].*|\s+(?:yet|at|for|required|needed)\b.*))",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=4096)
def canonical(key: str) -> str:
    """The attribute that a label means, ``""`` for one that is not known."""
    if len(key) > _LONGEST_LABEL:
        return ""
    return _KEYS.get(_bare(key)) or _KEYS.get(_bare(key.partition("(")[0]).replace("#", ""), "")


@lru_cache(maxsize=4096)
def state(status: str) -> State:
    """What a status word or mark means; the first word that is known decides, a mark where there is none."""
    if box := BOX.search(status):
        return _BOXES[box.group()[1].lower()]
    for match in _SAYS.finditer(status[:_LONGEST_LABEL]):
        before = status[: match.start()]
        if before[-1:].isalnum() and match.group()[0] < _IDEOGRAPHS:
            continue
        found = _BY_WORD.get(re.sub(r"[\s_-]", "", match.group().lower()), State.UNKNOWN)
        if found is State.DONE and _PARTLY.search(before):
            return State.IN_PROGRESS
        return State.OPEN if found is State.DONE and _NEGATED.search(before) else found
    return next((MARKS[char] for char in status if char in MARKS), State.UNKNOWN)


def is_done(status: str) -> bool:
    """Whether a status word or mark means that the task is finished."""
    return state(status) is State.DONE


def is_nothing(value: str) -> bool:
    """Whether a value says that there is none."""
    return bool(_NOTHING.match(plain_words(value)))


def plain_words(value: str) -> str:
    """A value without marks and final stop."""
    return value.strip().strip("*_`~[]").strip().rstrip(".").strip()


def _bare(key: str) -> str:
    return " ".join(re.sub(r"[^\w#]+", " ", key.replace("_", " ")).split()).lower()
