"""``beai model`` shows who is asked and why, and changes the person's own file where it is told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beai.core.settings import Access, Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.measured import Measured, keep
from beai.core.suggest.reachable.values import Offer, Place, Price, Seen, State
from beai.core.suggest.reachable.words import ago, history, price
from beai.core.suggest.trial import Trial, question, trial
from beai.tui.cli.model import _keys_for
from beai.tui.cli.model_lines import as_values, asked, listed, tried
from beai.tui.main import main

BIG = Offer("anthropic/big", "", "ANTHROPIC_API_KEY", False, 200_000, 3.0, 15.0)
OLD = Offer("anthropic/old", "", "ANTHROPIC_API_KEY", False, 200_000, 3.0, 15.0, main=False)
DESK = Offer("ollama_chat/desk", "http://127.0.0.1:11434", "Ollama", True, 8_192, 0.0, 0.0, detail="7.6B, loaded")
SEEN = Seen(
    (Place("Anthropic", "ANTHROPIC_API_KEY", State.SET, 2), Place("LM Studio", "http://127.0.0.1:1234", State.ABSENT)),
    (BIG, OLD, DESK),
    {"lost/model": Price(4_096, 1.0, 2.0)},
)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"BEAI_CONFIG": str(tmp_path / "config.toml"), "BEAI_STATE": str(tmp_path / "state"), "BEAI_MODEL": ""}


def run(env: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, ["model", *words], env=env)


class TestUse:
    """``beai model use`` writes the file and nothing else."""

    def test_a_model_and_back_to_the_drafter(self, env: dict[str, str]) -> None:
        file = Path(env["BEAI_CONFIG"])
        file.write_text("# mine\ntheme = 'nord'\n")
        assert run(env, "use", "anthropic/big").exit_code == 0
        assert file.read_text() == "# mine\ntheme = 'nord'\nmodel = \"anthropic/big\"\n"
        result = run(env, "use", "drafter")
        assert "drafter is asked from now on" in result.output
        assert file.read_text().endswith('model = "anthropic/big"\nway = "drafter"\n')
        run(env, "use", "anthropic/big")
        assert file.read_text().endswith('model = "anthropic/big"\n# way = "drafter"\n')

    def test_a_model_at_an_address(self, env: dict[str, str]) -> None:
        result = run(env, "use", "my/model", "--base", "http://127.0.0.1:9/v1/", "--json")
        assert json.loads(result.output)["asked"] == {
            "way": "model",
            "model": "my/model",
            "base": "http://127.0.0.1:9/v1",
        }
        assert Path(env["BEAI_CONFIG"]).read_text() == 'model = "my/model"\nbase = "http://127.0.0.1:9/v1"\n'

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("use", ""), "A model has a name"),
            (("use", "a\nb"), "one line of text"),
            (("use", "a/b", "--base", "http://me:secret@host/v1"), "without a password"),
            (("try", "drafter"), "is no model"),
        ],
    )
    def test_a_mistake_is_one_sentence_and_writes_nothing(
        self, env: dict[str, str], words: tuple[str, ...], said: str
    ) -> None:
        result = run(env, *words)
        assert result.exit_code == 2 and said in result.stderr and "secret" not in result.stderr
        assert not Path(env["BEAI_CONFIG"]).exists()

    def test_a_file_that_is_not_there_is_refused(self, env: dict[str, str], tmp_path: Path) -> None:
        result = run(env, "use", f"gguf:{tmp_path}/nope.gguf")
        assert result.exit_code == 2 and "there is no such file" in result.stderr
        assert not Path(env["BEAI_CONFIG"]).exists()

    def test_a_name_that_litellm_does_not_know_is_taken_with_a_warning(self, env: dict[str, str]) -> None:
        result = run(env, "use", "foo")
        assert result.exit_code == 0 and "litellm knows no provider for foo" in result.stderr
        for known in ("anthropic/new-one", "lm_studio/x", "hosted_vllm/x", "gpt-4o"):
            assert "knows no provider" not in run(env, "use", known).stderr
        assert "knows no provider" not in run(env, "use", "my", "--base", "http://127.0.0.1:9/v1").stderr

    def test_a_variable_that_counts_for_more_is_named(self, env: dict[str, str]) -> None:
        result = run(env | {"BEAI_MODEL": "other/x"}, "use", "anthropic/big")
        assert "BEAI_MODEL is set in the environment" in result.stderr

    def test_no_key_and_no_address_stays_beside_another_model(self) -> None:
        old = Settings("proxy/x", "https://proxy.example/v1", "PROXY_KEY")
        gone = dict.fromkeys(("base", "key_env", "key_command", "keyring", "window"))
        assert _keys_for(old, Chosen(Way.MODEL, "anthropic/big")) == {"model": "anthropic/big", "way": None} | gone

    def test_an_address_that_a_table_has_is_not_written_again(self) -> None:
        listed = Settings(access=(Access("proxy/", "https://proxy.example/v1", "PROXY_KEY"),))
        assert _keys_for(listed, Chosen(Way.MODEL, "proxy/x", "https://proxy.example/v1"))["base"] is None

    def test_the_same_model_keeps_its_key(self) -> None:
        old = Settings("proxy/x", "https://proxy.example/v1", "PROXY_KEY", way="drafter")
        assert _keys_for(old, Chosen(Way.MODEL, "proxy/x", "https://proxy.example/v1")) == {
            "model": "proxy/x",
            "way": None,
        }


class TestList:
    """Who is asked, what is reachable, where was looked, what is suggested."""

    def test_nothing_is_set(self) -> None:
        lines = list(listed(Settings(), SEEN, {}))
        text = "\n".join(lines)
        assert "cases, test, code, refactor  drafter  no model is set" in text
        assert "anthropic/big     remote  200k tokens" in text and "$3 in, $15 out" in text
        assert "ollama_chat/desk  here    8.2k tokens" in text and "free" in text
        assert "anthropic/old" not in text and "and 1 more: beai model --all" in text
        assert "LM Studio  127.0.0.1:1234     nothing there" in text
        assert "Suggested: anthropic/big, since ANTHROPIC_API_KEY is set" in text

    def test_all_are_listed_where_all_are_wanted(self) -> None:
        text = "\n".join(listed(Settings(), SEEN, {}, everything=True))
        assert "anthropic/old" in text and "more:" not in text

    def test_a_set_model_is_marked_and_nothing_else_is_urged(self) -> None:
        text = "\n".join(listed(Settings("anthropic/big"), SEEN, {}))
        assert "▸ anthropic/big" in text and "Suggested" not in text

    def test_a_set_model_that_was_not_found_is_listed_with_what_is_known(self) -> None:
        text = "\n".join(listed(Settings("lost/model"), SEEN, {}))
        assert "▸ lost/model" in text and "$1 in, $2 out" in text and "not seen" in text

    def test_a_set_model_without_an_address_is_the_one_of_the_server_here(self) -> None:
        lines = [line for line in listed(Settings("ollama_chat/desk"), SEEN, {}) if "ollama_chat/desk" in line]
        assert lines[2].startswith("▸ ollama_chat/desk") and "7.6B, loaded" in lines[2]
        assert len(lines) == 3  # who is asked, how, and the model once

    def test_each_phase_says_by_which_setting(self) -> None:
        settings = Settings("anthropic/big", phases=(("code", "drafter"), ("words", "ollama_chat/desk")))
        assert list(asked(settings)) == [
            ("cases, test, refactor", "anthropic/big", "model"),
            ("code", "drafter", "[phase] code"),
            ("words", "ollama_chat/desk", "[phase] words"),
        ]
        fallen = Settings("a", way="drafter", fallbacks=("b", "drafter"))
        assert next(iter(asked(fallen))) == ("cases, test, code, refactor", "drafter", 'way = "drafter"')
        assert list(asked(fallen))[-1] == ("where it fails", "b, then drafter", "fallbacks")

    def test_it_is_said_what_words_are(self) -> None:
        found = {what: why for what, _, why in asked(Settings("a"))}
        assert "words are the record at the end" in found["words"]

    def test_a_file_that_is_not_there_is_named_for_that(self, tmp_path: Path) -> None:
        lost, there = tmp_path / "nope.gguf", tmp_path / "there.gguf"
        there.write_bytes(b"GGUF")
        text = "\n".join(listed(Settings(f"gguf:{lost}", fallbacks=(f"gguf:{there}",)), SEEN, {}))
        assert "there is no such file" in text and "no key" not in text and "a file on this computer" in text

    def test_where_nothing_may_leave_each_other_model_is_marked(self) -> None:
        text = "\n".join(listed(Settings("anthropic/big", local_only=True), SEEN, {}))
        assert "local_only is set: anthropic/big is not on this computer and would be refused" in text
        assert "▸ anthropic/big     remote, refused" in text
        assert "refused" not in "\n".join(listed(Settings("ollama_chat/desk", local_only=True), Seen((), (DESK,)), {}))

    def test_small_steps_are_told_with_who_is_asked(self) -> None:
        lines = list(listed(Settings("ollama_chat/desk", phases=(("code", "anthropic/big"),)), SEEN, {}))
        first = lines[: lines.index("")]
        assert any("ollama_chat/desk" in line and "small steps: window 8,192" in line for line in first)
        assert not any("anthropic/big" in line and "small steps" in line for line in first)

    def test_a_window_that_is_not_set_is_told_as_far_as_it_could_be(self) -> None:
        wide = Seen((), (Offer("ollama_chat/wide", "http://127.0.0.1:11434", "Ollama", True, None, most=32_768),))
        text = "\n".join(listed(Settings(), wide, {}))
        assert "up to 32.8k tokens" in text and "window ?" not in text

    def test_a_price_that_the_meter_does_not_know_is_not_called_free(self) -> None:
        mine = Seen((), (Offer("openai/own", "http://127.0.0.1:9/v1", "your base", True, 8_192),))
        text = "\n".join(listed(Settings("openai/own", "http://127.0.0.1:9/v1"), mine, {}))
        assert "$?" in text and "free" not in text

    def test_a_hostile_name_moves_no_cursor(self) -> None:
        evil = Seen((), (Offer("ollama_chat/\x1b[2J\u202ex", source="Ollama", local=True, detail="\x1b]0;t\x07"),))
        for known in (Settings(), Settings("a\x1b[2J")):
            assert all(line.isprintable() for line in listed(known, evil, {}))

    def test_for_a_program(self) -> None:
        known = {(DESK.model, DESK.base): Measured(DESK.model, DESK.base, rate=30.0, protocol=True, tried_at=1.0)}
        told = json.loads(json.dumps(as_values(Settings(), SEEN, known)))
        assert told["suggested"]["who"] == DESK.model
        assert [one["measured"] and one["measured"]["rate"] for one in told["models"]] == [None, None, 30.0]
        assert told["places"][1]["state"] == "nothing there"

    def test_the_command_looks_and_tells(self, env: dict[str, str], tmp_path: Path) -> None:
        keep(tmp_path / "state", "anthropic/x", used_at=1.0)
        (tmp_path / "config.toml").write_text('model = "anthropic/x"\n')
        result = run(env, "--json")
        assert result.exit_code == 0, result.output
        told = json.loads(result.output)
        assert told["asked"][0]["who"] == "anthropic/x"
        assert {place["name"] for place in told["places"]} >= {"Ollama", "LM Studio", "LiteLLM proxy", "llama.cpp"}

    @pytest.mark.parametrize(
        ("known", "said"),
        [
            (None, "never used"),
            (Measured("x", used_at=100.0), "used 2 minutes ago"),
            (Measured("x", rate=31.4, protocol=True, tried_at=5.0), "never used, 31 tok/s, kept to the protocol"),
            (Measured("x", protocol=False, tried_at=5.0, used_at=219.0), "used just now, broke the protocol"),
        ],
    )
    def test_what_happened_before(self, known: Measured | None, said: str) -> None:
        assert history(known, 220.0) == said

    def test_times_and_prices_in_words(self) -> None:
        assert [ago(0.0, now) for now in (59.0, 3_600.0, 90_000.0)] == ["just now", "1 hour ago", "1 day ago"]
        assert [price(one) for one in (Price(), Price(1, 0.0, 0.0), Price(1, 0.25, 2.0))] == [
            "$?",
            "free",
            "$0.25 in, $2 out",
        ]


class TestTrial:
    """One question with a nonce, of which everything is measured."""

    async def ask(self, answer: str) -> Trial:
        from beai.core.suggest.progress import Spending

        async def asking(request, sent, tell):  # type: ignore[no-untyped-def]
            assert request.nonce in sent[-1].content
            tell(Spending("x", tokens_in=900, tokens_out=50, cost=0.002, first=0.5, seconds=2.5))
            return answer.replace("NONCE", request.nonce)

        return await trial(asking, "k7f3")

    async def test_one_that_keeps_to_the_protocol(self) -> None:
        shown = await self.ask("### cases\n- [happy path] adds it (criterion: 1)\n\n### end NONCE edits=0 cases=1\n")
        assert shown == Trial(None, "", 0.5, 2.5, 25.0, 900, 50, 0.002) and shown.protocol

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            ("Sure! Here are some cases:\n1. adds it", "cannot be used"),
            ("### cases\n- [happy path] adds it\n\n### end other edits=0 cases=1\n", "another request"),
            ("There is nothing.\n\n### nothing to do\nNo.\n\n### end NONCE edits=0 cases=0\n", "no test cases"),
        ],
    )
    async def test_one_that_does_not_says_why(self, answer: str, why: str) -> None:
        shown = await self.ask(answer)
        assert not shown.protocol and why in shown.complaint
        assert any("small" in line for line in tried(Chosen(Way.MODEL, "x"), shown, 8_192))

    def test_the_question_is_short(self) -> None:
        from beai.core.tokens import tokens

        assert sum(tokens(message.content) for message in question("k7f3")) < 3_000
