"""The key of one order: from a variable, the system's keyring or a command; it goes to its own provider alone.

Where the order names none, the provider's usual variable is read, the one that ``beai model`` looks for, and for an
address of one's own none at all: a key meant for the provider is not sent elsewhere unless it was named.
"""

from __future__ import annotations

import asyncio
import importlib
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from beai.core.suggest.privacy.local import goes_bare
from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.providers import Provider
from beai.core.suggest.worker.trouble import Trouble
from beai.core.suggest.worker.wire import GROUPS, end_group

LONGEST = 16_384  # bytes of a key
_PRINTED: dict[tuple[str, ...], str] = {}
_SECRET = ("KEY", "TOKEN", "SECRET")
_AMAZON = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
    "aws_profile_name": "AWS_PROFILE",
}


async def key_of(order: Order, provider: Provider, env: Mapping[str, str]) -> str:
    """The key, ``""`` where none is needed. Raises ``Trouble``."""
    match order.key:
        case {"env": str(name)} if name:
            return _variable(name, env)
        case {"command": [*words]} if words:
            return await _printed([str(word) for word in words], env, order.limits.key)
        case {"keyring": [service, user]}:
            return await asyncio.to_thread(_kept, str(service), str(user))
    if order.base:
        return ""
    found = next((env[name] for name in provider.keys if env.get(name, "").strip()), "")
    if not found and provider.must:
        raise Trouble("key", unset(provider))
    return clean(found)


async def renewed(order: Order, provider: Provider, env: Mapping[str, str], refused: str) -> str:
    """The key once more after it was ``refused``: a command may print another one each hour."""
    match order.key:
        case {"command": [*words]} if _PRINTED.pop(tuple(str(word) for word in words), None) is not None:
            return await key_of(order, provider, env)
    return refused


def signature(provider: Provider, env: Mapping[str, str]) -> dict[str, str]:
    """What a request to Amazon is signed with, which itself is never sent; a profile is found by its name alone."""
    if not provider.signed:
        return {}
    given = {name: env[variable].strip() for name, variable in _AMAZON.items() if env.get(variable, "").strip()}
    if "aws_access_key_id" in given:  # it is asked before a profile (boto3 docs, "Credentials")
        given.pop("aws_profile_name", None)
    return given


def unset(provider: Provider) -> str:
    """What is missing where no key is."""
    names = ("AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY", *provider.keys) if provider.signed else provider.keys
    return f"{' or '.join(names)} is not set in the environment." if names else "None was found."


def sealed(key: str, origin: str) -> str:
    """``key``, where nobody on the way to ``origin`` can read it: encrypted, or within this computer."""
    if key and goes_bare(origin):
        raise Trouble("bare", f"{origin} has no encryption.")
    return key


def clean(key: str) -> str:
    """``key`` without what surrounds it; a key that no header can carry is a ``Trouble``."""
    stripped = key.strip()
    if not stripped.isascii() or not stripped.isprintable() or len(stripped) > LONGEST:
        raise Trouble("key", "The key is not one line of plain characters.")
    return stripped


def _variable(name: str, env: Mapping[str, str]) -> str:
    value = clean(env.get(name, ""))
    if not value:
        raise Trouble("key", f"{name} is not set in the environment.")
    return value


async def _printed(words: list[str], env: Mapping[str, str], seconds: float) -> str:
    """The first line that a command prints; what it says on standard error is nobody's business, and may be the key.

    It is run once in the life of this process, which alone remembers the key; a failure is not remembered.
    """
    if (kept := _PRINTED.get(tuple(words))) is not None:
        return kept
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env=dict(env), limit=LONGEST, start_new_session=True
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no command"
        raise Trouble("key", f"The key command {words[0]} cannot be started: {reason}.") from None
    GROUPS.add(process.pid)
    try:
        async with asyncio.timeout(seconds):
            printed, code = await _ended(process, words[0])
    except TimeoutError:
        await _end(process)
        raise Trouble("key", f"The key command {words[0]} took longer than {seconds:g} seconds.") from None
    except BaseException:
        await _end(process)
        raise
    finally:
        GROUPS.discard(process.pid)
    if code != 0:
        raise Trouble("key", f"The key command {words[0]} ended with exit code {code}.")
    key = clean(printed.decode(errors="replace").strip().split("\n")[0])
    if not key:
        raise Trouble("key", f"The key command {words[0]} printed nothing.")
    _PRINTED[tuple(words)] = key
    return key


async def _ended(process: Process, name: str) -> tuple[bytes, int]:
    assert process.stdout is not None
    printed = b""
    while len(printed) <= LONGEST and (piece := await process.stdout.read(LONGEST)):
        printed += piece
    if len(printed) > LONGEST:
        raise Trouble("key", f"The key command {name} printed more than a key.")
    return printed, await process.wait()


async def _end(process: Process) -> None:
    """End a command and whatever it started; who left its group is not waited for."""
    end_group(process.pid)
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await process.wait()


def _kept(service: str, user: str) -> str:
    """The key that the system keeps; ``keyring`` is installed by who wants it."""
    try:
        keyring: Any = importlib.import_module("keyring")
    except ImportError:
        raise Trouble("key", "keyring is not installed; pip install 'beai[keyring]' adds it.") from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001  each backend raises kinds of its own
        raise Trouble("key", f"The keyring cannot be read: {type(error).__name__}.") from None
    if not found:
        raise Trouble("key", f"The keyring holds nothing for {service} and {user}.")
    return clean(str(found))


def without_keys(message: str, env: Mapping[str, str], key: str) -> str:
    """``message`` without the key and without any of the environment: providers repeat a key they refuse."""
    values = [value for name, value in env.items() if any(word in name.upper() for word in _SECRET)]
    for value in sorted((value for value in (key, *values) if len(value) >= 8), key=len, reverse=True):
        message = message.replace(value, "•••")
    return message[:4000]
