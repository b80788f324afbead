"""Who is asked, by which way and with which key: what the person set, and nothing that an environment says besides."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import ProposeCases
from beai.core.suggest.model import Deadlines, ModelSuggester
from beai.core.suggest.model.link import Link
from beai.core.suggest.worker.environment import cleared
from tests.real.pair import CASES, KEY, SOON, Pair, model, request
from tests.real.provider import Provider, Say, Trouble, provider
from tests.real.provider.tls import certificate, serving

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates"),
]
OTHERS_KEY = "sk-ant-of-another-provider"
KEYRING = f"""
import os
import socket

def get_password(service, user):
    print("{OTHERS_KEY}")
    match service:
        case "what it sees":
            return ",".join(os.environ)
        case "connect":
            socket.create_connection(("127.0.0.1", int(user)), 5).close()
        case "sendto":
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"told", ("127.0.0.1", int(user)))
    return {{("beai", "me"): "{KEY}\\n"}}.get((service, user))
"""
BRIEF = Deadlines(key=1.0, connect=0.5, first=4.0, total=20.0)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def trap() -> AsyncIterator[Provider]:
    """Where the environment tries to send everything: an address, and a proxy."""
    async with provider(Say(CASES)) as running:
        yield running


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    certificate(folder, "known")
    certificate(folder, "unknown")
    (folder / "keyring.py").write_text(KEYRING)
    return folder


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pair(trap: Provider, certificates: Path) -> AsyncIterator[Pair]:
    """As everywhere, in an environment that wants all traffic elsewhere."""
    env = {
        **dict.fromkeys(
            ("OPENAI_BASE_URL", "OPENAI_API_BASE", "LM_STUDIO_API_BASE", "LITELLM_PROXY_API_BASE"), trap.base
        ),
        **dict.fromkeys(("ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "OLLAMA_API_BASE", "OLLAMA_HOST"), trap.root),
        **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), trap.root),
        **dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY"), OTHERS_KEY),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
        "LITELLM_CALLBACKS": "langfuse",
        "LANGFUSE_HOST": trap.root,
        "LITELLM_LOG": "DEBUG",
        "SSL_VERIFY": "False",
        "PYTHONPATH": os.pathsep.join((str(certificates), *filter(None, [os.environ.get("PYTHONPATH")]))),
        "SSL_CERT_FILE": str(certificates / "known.pem"),
    }
    async with provider(Say(CASES)) as running, model(running, SOON, env) as suggester:
        yield Pair(running, suggester)


@pytest.fixture(autouse=True)
def _nobody_in_the_trap(trap: Provider) -> None:
    trap.play(Say(CASES))


async def test_an_environment_that_points_elsewhere_redirects_nothing(pair: Pair, trap: Provider) -> None:
    base, root = pair.provider.base, pair.provider.root
    for name, address in (("loopback", base), ("anthropic/claude-sonnet-4-5", root), ("ollama/qwen", root)):
        assert isinstance(await pair.other(Settings(name, address)).ask(Say(CASES)), ProposeCases)
        assert OTHERS_KEY not in "".join(pair.provider.headers)

    assert trap.paths == []


async def test_a_model_without_an_address_goes_to_its_provider_or_nowhere(pair: Pair, trap: Provider) -> None:
    reply = await pair.other(Settings("lm_studio/nobody-runs-it")).ask(Say(CASES))

    assert isinstance(reply, Fault)
    assert "nobody answers" in reply.summary
    assert trap.paths == []


async def test_another_computer_is_asked_through_the_proxy_of_the_person(pair: Pair, trap: Provider) -> None:
    reply = await pair.other(Settings("loopback", "http://models.invalid/v1")).ask(Say(CASES))

    assert isinstance(reply, ProposeCases)
    assert trap.paths == ["http://models.invalid/v1/chat/completions"]


@pytest.mark.parametrize(
    ("name", "cached", "path"),
    [
        ("openai/loopback", 30, "/v1/chat/completions"),
        ("anthropic/claude-sonnet-4-5", 20, "/v1/messages"),
        ("ollama/qwen2.5-coder:7b", 0, "/api/chat"),
    ],
)
async def test_three_protocols_answer_the_same(pair: Pair, name: str, cached: int, path: str) -> None:
    base = pair.provider.base if name.startswith("openai/") else pair.provider.root
    asked = pair.other(Settings(name, base))
    reply = await asked.ask(Say(CASES, tokens=(1200, 40), cached=30))

    assert isinstance(reply, ProposeCases) and len(reply.cases) == 2
    assert pair.provider.paths == [path]
    (spent,) = asked.spent
    assert (spent.tokens_in, spent.tokens_out, spent.cached, spent.estimated) == (1200, 40, cached, False)


async def test_claude_is_told_what_its_cache_may_keep(pair: Pair) -> None:
    await pair.other(Settings("anthropic/claude-sonnet-4-5", pair.provider.root)).ask(Say(CASES))

    (system,) = pair.provider.requests[0]["system"]
    assert system["cache_control"] == {"type": "ephemeral"}


@pytest.mark.parametrize("name", ["anthropic/claude-sonnet-4-5", "ollama/qwen2.5-coder:7b"])
@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.CUT_OFF, "output limit"),
        (Trouble.FILTERED, "content filter"),
        (Trouble.EMPTY, "empty reply"),
        (Trouble.HANG_UP, "before its end"),
        (Trouble.WRONG_JSON, "what is no reply"),
        (Trouble.OVERLOADED, "overloaded"),
        (Trouble.RATE_LIMITED_LONG, "24 hours"),
        (Trouble.UNAUTHORIZED, "refused the key"),
    ],
)
async def test_a_trouble_is_the_same_sentence_in_every_protocol(
    pair: Pair, name: str, trouble: Trouble, words: str
) -> None:
    reply = await pair.other(Settings(name, pair.provider.root)).ask(trouble)

    assert isinstance(reply, Fault)
    assert words in reply.summary


async def test_a_certificate_of_ones_own_is_trusted_by_its_file(pair: Pair, certificates: Path) -> None:
    async with provider(Say(CASES), tls=serving(certificates / "known.pem")) as running:
        reply = await Pair(running, pair.other(Settings("loopback", running.base)).suggester).ask(Say(CASES))

    assert isinstance(reply, ProposeCases)


async def test_a_certificate_that_nobody_knows_is_one_sentence(pair: Pair, certificates: Path) -> None:
    async with provider(Say(CASES), tls=serving(certificates / "unknown.pem")) as running:
        reply = await Pair(running, pair.other(Settings("loopback", running.base)).suggester).ask(Say(CASES))

    assert isinstance(reply, Fault) and reply.kind is FaultKind.NETWORK
    assert "certificate that is not trusted" in reply.summary
    assert running.requests == []


async def test_a_handshake_that_never_ends_is_given_up(pair: Pair) -> None:
    held = list[asyncio.StreamWriter]()
    server = await asyncio.start_server(lambda reader, writer: held.append(writer), "127.0.0.1", 0)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    reply = await pair.other(Settings("loopback", base)).ask(Say(CASES), deadlines=BRIEF)
    server.close()
    for writer in held:
        writer.close()

    assert isinstance(reply, Fault)
    assert "could not be connected to within 0.5 seconds" in reply.summary


PRINTS = (sys.executable, "-c", f"import sys; print(' {KEY} '); print('{OTHERS_KEY}', file=sys.stderr)")
FAILS = (sys.executable, "-c", f"import sys; print('{KEY}', file=sys.stderr); sys.exit(3)")
HANGS = (sys.executable, "-c", "import sys; sys.stdin.close(); import signal; signal.pause()")


@pytest.mark.parametrize("access", [{"key_command": PRINTS}, {"keyring": ("beai", "me")}], ids=["command", "keyring"])
async def test_a_command_or_the_keyring_gives_the_key(pair: Pair, access: dict[str, tuple[str, ...]]) -> None:
    settings = replace(Settings("loopback", pair.provider.base), **access)  # type: ignore[arg-type]
    assert isinstance(await pair.other(settings).ask(Say(CASES)), ProposeCases)

    assert f"authorization: bearer {KEY}\r\n" in pair.provider.headers[0].lower()


async def test_what_runs_beside_litellm_sees_nothing_that_could_move_it(pair: Pair) -> None:
    settings = Settings("loopback", pair.provider.base, keyring=("what it sees", "all"))
    assert isinstance(await pair.other(settings).ask(Say(CASES)), ProposeCases)

    seen = set(pair.provider.headers[0].partition("Bearer ")[2].split("\r\n")[0].split(","))
    persons = seen & pair.suggester.workers.env.keys()  # litellm adds some of its own
    assert {"PATH", "PYTHONPATH"} <= persons <= cleared(dict.fromkeys(persons, "")).keys()
    moved = ("_proxy", "_key", "_base", "_url", "_host", "_verify", "_file", "_callbacks")
    assert not [name for name in persons if name.lower().endswith(moved)]


@pytest.mark.parametrize("way", ["connect", "sendto"])
async def test_what_runs_beside_litellm_reaches_nobody(pair: Pair, trap: Provider, way: str) -> None:
    settings = Settings("loopback", pair.provider.base, keyring=(way, trap.root.rpartition(":")[2]))
    reply = await pair.other(settings).ask(Say(CASES))

    assert isinstance(reply, Fault)
    assert "The keyring cannot be read: PermissionError" in reply.summary
    assert pair.provider.requests == []


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ({"key_command": FAILS}, "ended with exit code 3"),
        ({"key_command": HANGS}, "took longer than 1 seconds"),
        ({"key_command": (sys.executable, "-c", "")}, "printed nothing"),
        ({"key_command": (sys.executable, "-c", "print('x' * 99999)")}, "printed more than a key"),
        ({"key_command": ("no-such-command-of-anyone",)}, "cannot be started"),
        ({"keyring": ("beai", "nobody")}, "holds nothing for beai and nobody"),
        ({"key_env": "NO_SUCH_VARIABLE"}, "NO_SUCH_VARIABLE is not set"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_key_that_is_not_there_is_one_sentence_and_nothing_is_sent(
    pair: Pair, access: dict[str, object], words: str
) -> None:
    settings = replace(Settings("loopback", pair.provider.base), **access)  # type: ignore[arg-type]
    reply = await pair.other(settings).ask(Say(CASES), deadlines=BRIEF)

    assert isinstance(reply, Fault)
    assert words in reply.summary
    assert KEY not in repr(reply) and OTHERS_KEY not in repr(reply)
    assert pair.provider.requests == []


async def test_a_key_is_not_sent_to_another_computer_without_encryption(pair: Pair) -> None:
    """The address is one of documentation's own (RFC 5737): nobody is asked."""
    settings = Settings("loopback", "http://192.0.2.1/v1", key_command=PRINTS)
    reply = await pair.other(settings).ask(Say(CASES), deadlines=BRIEF)

    assert isinstance(reply, Fault) and reply.kind is FaultKind.REFUSED
    assert "its key over a connection that others can read" in reply.summary
    assert "https" in reply.remedy and KEY not in repr(reply)


async def test_the_key_of_one_address_is_not_sent_to_another(pair: Pair) -> None:
    settings = Settings("loopback", "http://127.0.0.1:9/v1", "BEAI_TEST_KEY")
    chosen = Chosen(Way.MODEL, "loopback", pair.provider.base)
    pair.provider.play(Say(CASES))
    suggester = ModelSuggester(settings, chosen=chosen, shared=pair.suggester.workers)
    assert isinstance(await suggester.suggest(request(), lambda told: None), ProposeCases)

    assert KEY not in pair.provider.headers[0]


async def test_a_secret_in_the_last_bytes_stops_the_request(pair: Pair) -> None:
    link = await pair.suggester.workers.linked()
    assert isinstance(link, Link)
    pair.provider.play(Say(CASES))
    message = {"role": "user", "content": 'DATABASE_URL = "postgres://a\tb"'}
    order = {"do": "complete", "id": 1, "model": "loopback", "base": pair.provider.base, "messages": [message]}
    await link.send({**order, "guard": [["DATABASE_URL", "postgres://a\tb"], ["OTHER", "not there"]]})
    told = await link.receive(1)

    assert told["kind"] == "secret"
    assert told["message"] == "The value of DATABASE_URL was still in it."
    assert pair.provider.requests == []
