"""The settings as one frozen value, each documented under its name."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.settings.access import Access


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set; each name is the key in a file, and with ``BEAI_`` before it the environment variable."""

    model: str = ""
    """litellm's name of the model, as ``anthropic/…`` or ``ollama/…``, or ``gguf:`` and a file's absolute path.
    Empty: the drafter suggests, without a model."""

    base: str = ""
    """Address of an OpenAI-compatible server, as ``http://127.0.0.1:8080/v1``. Empty: the provider's own."""

    key_env: str = ""
    """Name of the environment variable with the key. Empty: the provider's usual one, and none for a ``base``."""

    key_command: tuple[str, ...] = ()
    """A command that prints the key, as ``pass show work/llm``; run without a shell, instead of ``key_env``."""

    keyring: tuple[str, ...] = ()
    """Service and user under which the system's keyring has the key, as ``beai anthropic``; instead of ``key_env``."""

    way: str = ""
    """Who suggests: ``drafter``, ``model`` or ``clipboard`` (a web chat). Empty: the model where there is one. A model
    that is named by the environment or a flag is asked whatever a file says here or in ``[phase]``."""

    fallbacks: tuple[str, ...] = ()
    """Models that are asked in this order where one fails, as a list or with spaces; ``drafter`` may be the last."""

    phases: tuple[tuple[str, str], ...] = ()
    """The table ``[phase]``: another model, ``drafter`` or ``clipboard`` for ``cases``, ``test``, ``code``,
    ``refactor`` or ``words`` (the record at the end)."""

    access: tuple[Access, ...] = ()
    """Tables ``[access."PREFIX"]`` with ``base`` and one of ``key_env``, ``key_command`` and ``keyring``, for the
    models whose names begin so, as ``openai/`` or ``openai``; the longest such prefix counts."""

    local_only: bool = False
    """Refuse every model that is not on this computer."""

    never_read: str = ""
    """Files that are never read or sent, as ``secrets/** *.sql``; besides environment files, keys and databases."""

    temperature: float | None = None
    """Sampling temperature, 0 to 2. Not set: the provider's default."""

    max_tokens: int | None = None
    """Longest reply, in tokens. Not set: the provider's default."""

    window: int | None = None
    """Tokens that a request and its reply may take together. Not set: what litellm knows of the model, below 100,000,
    and 32,768 where it knows nothing."""

    steps: str = ""
    """``small``: short requests, one question at a time; ``whole``: never so. Empty: as the model's window and trial
    say."""

    soft_cost: float | None = None
    """US dollars for one task after which it is said. Not set: it is not."""

    hard_cost: float | None = None
    """US dollars for one task beyond which nothing is asked before you agree."""

    soft_tokens: int | None = None
    """Tokens for one task after which it is said."""

    hard_tokens: int | None = None
    """Tokens for one task beyond which nothing is asked before you agree."""

    editor: str = ""
    """Command that opens a file for editing. Not set: ``$VISUAL``, then ``$EDITOR``."""

    theme: str = ""
    """Name of the screen's theme. Empty: the app's own."""

    runner: str = ""
    """The test runner: ``vitest``, ``jest``, ``node``, ``bun``, ``pytest``, ``command``. Empty: what is found."""

    test_command: str = ""
    """What the runner ``command`` starts; it must write JUnit XML or TAP. ``{report}`` in it becomes a file's name,
    ``{files}`` the chosen test files; with ``{file}`` it is run for each of them."""

    sandbox: str = ""
    """``full``: no run without the whole sandbox; ``off``: none. Empty: as much as works here."""

    forwards: str = ""
    """Ports of this computer that tests in the sandbox may reach, as ``5432 6379``."""

    outputs: str = ""
    """Folders of the package that tests may write, as ``coverage .next``; besides the usual ones."""

    commits: str = "case"
    """After what a commit is proposed: each ``case`` and refactoring, each ``step`` as well (the red test before its
    code), or the ``task`` as a whole."""

    notes: bool = False
    """Whether the full record of a commit's evidence is kept beside it as a git note, below ``refs/notes/beai``."""

    checks_off: str = ""
    """Checks that are left out, as ``any env-read``; ``beai check --list`` tells which there are."""

    record: str = ""
    """File that every request and reply is recorded to; a flag only."""

    replay: str = ""
    """Recording that is replayed instead of asking anyone; a flag only."""

    record_prompts: bool = False
    """Record the text of the requests as well, with its keys masked; a flag only."""

    replay_anyway: bool = False
    """Replay although the requests differ from the recorded ones; a flag only."""

    replay_pace: float | None = None
    """How fast a replay streams: 1 as it was, 2 twice as fast, 0 at once; a flag only."""

    untaken: tuple[str, ...] = ()
    """What the repository's file said that was not taken over; not a setting."""


SAFE = frozenset({"temperature", "theme", "checks_off", "commits", "notes"})
FLAGS = frozenset({"record", "record_prompts", "replay", "replay_anyway", "replay_pace"})
TABLES = {"phase": "phases"}
"""Keys of a file whose values are kept under another name."""
