"""Settings come from five places, and the repository's own file may only decide matters of taste."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.settings import FLAGS, SAFE, TABLES, Access, Settings, access_for, load, state_dir, user_file


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    return folder


def settings(
    user: Path, repository: Path | None = None, env: dict[str, str] | None = None, **flags: object
) -> Settings:
    loaded = load(user, repository, env or {}, flags)
    assert isinstance(loaded, Settings), loaded
    return loaded


def fault(user: Path, repository: Path | None = None, env: dict[str, str] | None = None, **flags: object) -> Fault:
    loaded = load(user, repository, env or {}, flags)
    assert isinstance(loaded, Fault), loaded
    return loaded


def test_without_any_source_all_is_default(user: Path, repository: Path) -> None:
    assert settings(user, repository) == Settings()


def test_each_place_overrides_the_one_before(user: Path, repository: Path) -> None:
    user.write_text('model = "user"\nbase = "http://user/v1"\ntheme = "user"\ntemperature = 0.1\neditor = "ed"\n')
    (repository / ".beai.toml").write_text('theme = "repository"\ntemperature = 0.2\n')
    env = {"BEAI_MODEL": "env", "BEAI_TEMPERATURE": "0.3", "EDITOR": "vi", "VISUAL": "code -w"}

    assert settings(user, repository, env, model="flag", base=None) == Settings(
        model="flag", base="http://user/v1", temperature=0.3, editor="ed", theme="repository"
    )


@pytest.mark.parametrize(
    ("env", "editor"),
    [({"EDITOR": "vi"}, "vi"), ({"EDITOR": "vi", "VISUAL": "code -w"}, "code -w"), ({"BEAI_EDITOR": "nano"}, "nano")],
)
def test_the_usual_editor_variables_are_the_default(user: Path, env: dict[str, str], editor: str) -> None:
    assert settings(user, env=env).editor == editor


EVIL = '"EVIL"'
_VALUES = {
    "key_command": '["sh", "-c", "x"]',
    "keyring": '["a", "b"]',
    "way": '"drafter"',
    "fallbacks": '["evil/model"]',
    "phase": '{ code = "evil/model" }',
    "access": '{ "openai/" = { base = "http://evil.example/v1" } }',
    "local_only": "false",
    "never_read": '""',
    "steps": '"whole"',
    "record_prompts": "true",
    "replay_anyway": "true",
    "replay_pace": "2.0",
} | dict.fromkeys(("max_tokens", "window", "soft_cost", "hard_cost", "soft_tokens", "hard_tokens"), "1")
KEYS = {field.name: field.name for field in fields(Settings)} | {kept: key for key, kept in TABLES.items()}


@pytest.mark.parametrize("name", sorted(KEYS.keys() - SAFE - {"untaken"}))
def test_the_repository_cannot_decide_where_text_goes_or_what_is_started(
    user: Path, repository: Path, name: str
) -> None:
    key = KEYS[name]
    (repository / ".beai.toml").write_text(f'{key} = {_VALUES.get(key, EVIL)}\ntheme = "nord"\n')

    loaded = settings(user, repository)
    assert getattr(loaded, name) == getattr(Settings(), name)
    assert loaded.theme == "nord"
    assert loaded.untaken == (f".beai.toml may not set {key}; it was ignored.",)


def test_what_a_repository_may_set_is_taste() -> None:
    assert {"temperature", "theme", "checks_off", "commits", "notes"} == SAFE


@pytest.mark.parametrize(
    "text",
    ["theme = ", 'temperature = "hot"', 'colour = "red"', "theme = 3", "a = " + "[" * 5000, "\x00", "x" * 70_000],
)
def test_a_broken_repository_file_is_told_and_not_obeyed(user: Path, repository: Path, text: str) -> None:
    (repository / ".beai.toml").write_text(text)

    loaded = settings(user, repository)
    assert loaded == Settings(untaken=loaded.untaken)
    assert len(loaded.untaken) == 1
    assert loaded.untaken[0].isprintable()


def test_a_repository_file_that_is_no_file_does_not_block(user: Path, repository: Path) -> None:
    os.mkfifo(repository / ".beai.toml")

    assert "is not a file" in settings(user, repository).untaken[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = ", "is not valid TOML"),
        ('modell = "x"', "Did you mean model?"),
        ('zzz = "x"', "Known are model"),
        ("model = 3", "one line of text"),
        ('model = "a\\nb"', "one line of text"),
        ('base = "example.org"', "an address such as"),
        ('base = "https://me:secret@example.org/v1"', "without a password"),
        ('key_env = "sk-abc"', "not the key itself"),
        ("temperature = 3", "a number from 0 to 2"),
        ("temperature = true", "a number from 0 to 2"),
        ("temperature = nan", "a number from 0 to 2"),
        ("max_tokens = 0", "a whole number from 1"),
        ("max_tokens = 1.5", "a whole number from 1"),
        ('untaken = ["x"]', "which is no setting"),
        ('way = "modell"', "one of drafter, model or clipboard"),
        ('steps = "tiny"', "one of small or whole"),
        ("fallbacks = [3]", "a list of models' names"),
        ('local_only = "perhaps"', "true or false"),
        ("hard_cost = -1", "an amount of US dollars"),
        ("hard_cost = inf", "an amount of US dollars"),
        ("soft_tokens = 0", "a whole number from 1"),
        ('keyring = ["only"]', "a service and a user"),
        ('key_command = "pass \'show"', "a command that prints the key"),
        ('key_env = "A"\nkeyring = "a b"', "a key comes from one place"),
        ('never_read = ["a b"]', "patterns of files"),
        ('record = "x.jsonl"', "on the command line only"),
        ("phase = 3", "a table with the name of a model for cases, test, code, refactor, words"),
        ('[phase]\ntets = "x"', "Did you mean test?"),
        ('[phase]\ntets = "x"', "phase.tets, which is no key of phase"),
        ("[phase]\ntest = 3", 'phase.test is "3"'),
        ('[phase]\ncode = ""', "phase.code"),
        ('[phase]\ncode = ""', "the name of a model, drafter or clipboard"),
        ("window = 10", "a whole number of tokens from 2048"),
        ('fallbacks = ["drafter", "openai/gpt-5"]', "drafter only as the last"),
        ('fallbacks = ["clipboard", "openai/gpt-5"]', "clipboard only as the last"),
        pytest.param(f'model = "{"m" * 10_000}"', "a name of up to 200 characters", id="long name"),
        pytest.param(f'fallbacks = ["{"m" * 10_000}"]', "a list of models' names", id="long fallback"),
        pytest.param(f'[phase]\ntest = "{"m" * 10_000}"', "the name of a model", id="long phase"),
        ('[access."openai/"]\nkey = "sk-abc"', "Keys never stand in the settings"),
        ('api_key = "sk-abc"', "key_env"),
        ('access = "x"', 'tables such as [access."openrouter/"]'),
        ('[access]\nbase = "http://a"', "a table with base"),
        ('[access."a/"]\nbass = "http://a"', "Did you mean base?"),
        ('[access."a/"]\nbass = "http://a"', 'access."a/".bass'),
        ('[access."a/"]\nbase = "example.org"', 'access."a/".base'),
        ('[access."a/"]\nkey_env = "sk-abc"', "not the key itself"),
        ('[access."a/"]\nkey_env = "A"\nkeyring = "a b"', "the only place of the key"),
    ],
)
def test_a_mistake_in_the_persons_own_file_is_one_sentence(user: Path, text: str, words: str) -> None:
    user.write_text(text)

    told = fault(user)
    assert told.kind is FaultKind.USAGE
    assert words in told.sentence()
    assert str(user) in told.summary
    assert "\n" not in told.sentence()


def test_mistakes_of_environment_and_flags_name_their_place(user: Path) -> None:
    assert "the environment" in fault(user, env={"BEAI_TEMPERATURE": "warm"}).summary
    assert "the command line" in fault(user, base="nowhere").summary


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_file_that_cannot_be_read_is_a_disk_fault() -> None:
    assert fault(Path("/proc/self/mem")).kind is FaultKind.DISK


def test_the_places_of_files_can_be_named() -> None:
    assert user_file({"BEAI_CONFIG": "/c/x.toml"}) == Path("/c/x.toml")
    assert state_dir({"BEAI_STATE": "/s"}) == Path("/s")
    assert user_file({}).name == "config.toml"
    assert "beai" in state_dir({}).parts


@pytest.mark.parametrize(
    "text",
    [
        'key_env = "sk-abc"',
        '[access."a/"]\nkey_env = "sk-abc"',
        'base = "https://me:sk-abc@example.org/v1"',
        '[access."openai/"]\nkey = "sk-abc"',
        'openai_api_key = "sk-abc"',
    ],
)
def test_what_may_be_a_key_in_the_wrong_place_is_not_repeated(user: Path, text: str) -> None:
    user.write_text(text)

    assert "sk-abc" not in fault(user).sentence()


def test_the_person_says_who_is_asked_how_and_for_how_much(user: Path) -> None:
    user.write_text(
        """
        model = "anthropic/claude-x"
        key_command = "pass show 'work llm'"
        fallbacks = ["ollama/qwen", "drafter"]
        way = "model"
        local_only = false
        never_read = "secrets/** *.pem"
        steps = "small"
        soft_cost = 0.5
        hard_cost = 2
        hard_tokens = 200_000

        [phase]
        code = "openrouter/deep/seek"
        test = "clipboard"

        [access."openrouter/"]
        base = "https://proxy.example/v1"
        key_env = "PROXY_KEY"

        [access."openrouter/deep/"]
        keyring = ["beai", "deep"]
        """
    )

    assert settings(user) == Settings(
        model="anthropic/claude-x",
        key_command=("pass", "show", "work llm"),
        fallbacks=("ollama/qwen", "drafter"),
        way="model",
        never_read="secrets/** *.pem",
        steps="small",
        soft_cost=0.5,
        hard_cost=2.0,
        hard_tokens=200_000,
        phases=(("test", "clipboard"), ("code", "openrouter/deep/seek")),
        access=(
            Access("openrouter/", "https://proxy.example/v1", "PROXY_KEY"),
            Access("openrouter/deep/", keyring=("beai", "deep")),
        ),
    )


def test_lists_and_tables_have_a_form_for_variables(user: Path) -> None:
    env = {
        "BEAI_FALLBACKS": "a/b 'gguf:/m/my model.gguf'",
        "BEAI_PHASE": "test=x code=drafter",
        "BEAI_LOCAL_ONLY": "1",
        "BEAI_KEYRING": "beai work",
        "BEAI_NEVER_READ": "a/** b",
    }

    assert settings(user, env=env) == Settings(
        fallbacks=("a/b", "gguf:/m/my model.gguf"),
        phases=(("test", "x"), ("code", "drafter")),
        local_only=True,
        keyring=("beai", "work"),
        never_read="a/** b",
    )
    assert "a table" in fault(user, env={"BEAI_PHASE": "test"}).summary


@pytest.mark.parametrize("name", sorted(FLAGS))
def test_recording_and_replaying_are_said_each_time(user: Path, name: str) -> None:
    value: object = {"replay_anyway": True, "record_prompts": True, "replay_pace": 2.0}.get(name, "tape.jsonl")
    assert getattr(settings(user, env={f"BEAI_{name.upper()}": "1"}), name) == getattr(Settings(), name)
    assert getattr(settings(user, **{name: value}), name) == value


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"record": "a", "replay": "b"}, "recorded or replayed, not both"),
        ({"way": "model"}, "no model is set"),
        ({"soft_cost": 2, "hard_cost": 1}, "would never be reached"),
        ({"soft_tokens": 2, "hard_tokens": 1}, "would never be reached"),
    ],
)
def test_settings_that_contradict_each_other_are_told(user: Path, flags: dict[str, object], words: str) -> None:
    assert words in fault(user, **flags).summary


@pytest.mark.parametrize("name", ["drafter", "clipboard"])
def test_where_a_model_is_named_the_drafter_or_a_chat_can_be(user: Path, name: str) -> None:
    user.write_text('model = "m"\nway = "model"\n')

    assert settings(user, model=name) == Settings(way=name)
    assert settings(user, env={"BEAI_MODEL": name}) == Settings(way=name)


def test_a_model_named_for_this_time_is_asked_for_everything(user: Path) -> None:
    user.write_text('model = "m"\nway = "drafter"\n[phase]\ncode = "x"\n')

    assert settings(user, model="other") == Settings("other")
    assert settings(user, model="other", phase="test=y") == Settings("other", phases=(("test", "y"),))


def test_a_key_given_later_replaces_the_place_of_the_one_before(user: Path) -> None:
    user.write_text('model = "m"\nkey_command = "pass show x"\n')

    assert settings(user, env={"BEAI_KEY_ENV": "KEY"}) == Settings(model="m", key_env="KEY")


def test_a_model_is_reached_as_the_longest_prefix_of_its_name_says() -> None:
    short, long = Access("openrouter/", "http://a/v1", "A"), Access("openrouter/deep/", "http://b/v1", "B")
    own = Settings(model="openrouter/x", base="http://own/v1", key_env="OWN", access=(short, long))

    assert access_for(own, "openrouter/x") == Access("openrouter/x", "http://own/v1", "OWN")
    assert access_for(own, "openrouter/y") == short
    assert access_for(own, "openrouter/deep/y") == long
    assert access_for(own, "anthropic/z") == Access()
    assert access_for(Settings(model="openrouter/x", access=(short, long)), "openrouter/x") == short


@pytest.mark.parametrize(
    ("prefix", "model", "fits"),
    [
        ("openai", "openai/gpt", True),
        ("openai", "openai_like/x", False),
        ("openai", "openai", True),
        ("claude", "claude-x", True),
        ("gpt-", "gpt-5", True),
        ("gguf:", "gguf:/m.gguf", True),
        ("openai/gpt-4", "openai/gpt-4o", True),
    ],
)
def test_a_prefix_of_one_word_ends_where_a_word_of_the_name_does(
    user: Path, prefix: str, model: str, fits: bool
) -> None:
    user.write_text(f'[access."{prefix}"]\nbase = "http://127.0.0.1:9/v1"\n')

    assert bool(access_for(settings(user), model).base) is fits


def test_one_fallback_needs_no_list(user: Path) -> None:
    user.write_text('fallbacks = "openai/gpt"\n')

    assert settings(user).fallbacks == ("openai/gpt",)


@pytest.mark.parametrize(
    ("access", "told"),
    [
        (Access(key_env="A"), {"env": "A"}),
        (Access(key_command=("pass", "x")), {"command": ["pass", "x"]}),
        (Access(keyring=("s", "u")), {"keyring": ["s", "u"]}),
        (Access(base="http://a"), {}),
    ],
)
def test_where_a_key_is_can_be_told_without_the_key(access: Access, told: object) -> None:
    assert access.key == told
