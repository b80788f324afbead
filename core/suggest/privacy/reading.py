"""The secrets that a file or the environment holds, read leniently: a line that cannot be read hides no other one."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from beai.core.suggest.privacy.addresses import inside, is_address
from beai.core.suggest.privacy.never import file_name
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.privacy.worth import SHORTEST, Whence, drawn, is_innocent, says_secret, worth

# dotenv's README, "What rules does the parsing engine follow?"; a line that is commented out may hold a key as well
_LINE = re.compile(
    r"^[ \t]*+(#?)[ \t]*+(?:export[ \t]++)?([A-Za-z_][\w.-]{0,200}+)[ \t]*+(?:=|:[ \t])[ \t]*+"
    r"(\"(?:\\.|[^\"\\])*+\"|'[^']*+'|`[^`]*+`|[^\r\n]*)",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"\$(?:\{([A-Za-z_]\w{0,200}+)(?::?-([^{}\n]{0,8000}+))?\}|\{?([A-Za-z_]\w{0,200}+))")
_EXAMPLE = re.compile(r"(?:example|sample|template|dist|defaults?|schema)(?:\.|$)")
_NPM = re.compile(r"(?:^|:)(_authToken|_auth|_password)[ \t]*=[ \t]*(\S+)", re.MULTILINE)
_NET = re.compile(r"\b(?:password|passwd|account)[ \t\r\n]+(\"[^\"\n]*\"|\S+)")
_INI = re.compile(r"^[ \t]*([\w.-]{1,100})[ \t]*[=:][ \t]*[\"']?([^\s\"',]{6,8000})", re.MULTILINE)
_ARMOUR_LINE = re.compile(r"^[A-Za-z0-9+/=]{32,}$", re.MULTILINE)
_DEEPEST, _MOST = 12, 5_000
_LONGEST, _GROWN = 32_000, 1_000_000  # characters that references may add to one value, and to all of a file


def of_file(path: str, text: str, own: frozenset[str] = frozenset()) -> tuple[Secret, ...]:
    """The secrets in the file at ``path``; ``own`` are words of the repository's."""
    name = file_name(path)
    if ".env" in name or name in (".dev.vars", ".flaskenv"):
        whence = Whence.EXAMPLE if _EXAMPLE.search(name) else Whence.FILLED
        return tuple(_environment(path, text, whence, own))
    found = (Secret(key, value, path) for key, value in _pairs(name, text))
    return tuple(dict.fromkeys(one for one in found if _counts(one.value)))


def of_process(env: Mapping[str, str], keys: Collection[str] = ()) -> tuple[Secret, ...]:
    """The secrets among the variables of this process: by their names, and by passwords in addresses.

    ``keys`` are names of variables that hold keys whatever they are called.
    """
    origin = "the environment"
    ways = {name: Whence.CREDENTIALS if name in keys else Whence.PROCESS for name in env}
    found = (one for name, value in env.items() for one in _named(name, value, ways[name], origin, frozenset()))
    return tuple(dict.fromkeys(found))


def own_words(names: Iterable[str]) -> frozenset[str]:
    """The words that a repository's paths and package names are made of, in lower case."""
    return frozenset(word.lower() for name in names for word in re.findall(r"[A-Za-z]{3,}|[A-Z]?[a-z]{3,}", name))


def _environment(path: str, text: str, whence: Whence, own: frozenset[str]) -> Iterator[Secret]:
    known: dict[str, str] = {}
    left = _GROWN
    for comment, name, raw in _LINE.findall(text):
        how = Whence.EXAMPLE if comment else whence
        for written in _readings(raw):
            value = _expanded(written, known, min(left, _LONGEST))
            left -= len(value) if value != written else 0
            if not comment:
                known[name] = value
            for one in dict.fromkeys((value, written)):
                yield from _named(name, one, how, path, own)


def _named(name: str, value: str, whence: Whence, origin: str, own: frozenset[str]) -> Iterator[Secret]:
    """The value of one key, and what in it is a secret of its own."""
    if is_address(value) and any(inside(value)):
        found = [one for one in inside(value) if not is_innocent(one, own, named=True)]
        if whence is Whence.EXAMPLE:  # a password of an example is there for show
            found = [one for one in found if drawn(one)]
        long = [one for one in found if len(one) >= SHORTEST]
        yield from (Secret(name, one, origin) for one in ((value, *long) if found else ()))
        return
    if worth(name, value, whence, own):
        yield Secret(name, value, origin)
        yield from (Secret(name, line, origin) for line in value.split("\n") if "\n" in value and len(line) >= 20)
    if value.startswith("{") and whence is not Whence.EXAMPLE:
        yield from (Secret(f"{name}.{key}", one, origin) for key, one in _json(value) if _counts(one))


def _readings(raw: str) -> tuple[str, ...]:
    """What a value may be, the likeliest last: dotenv ends one without quotes at every ``#``, others after a space."""
    quote = raw[:1]
    if quote and quote in "\"'`" and len(raw) > 1 and raw.endswith(quote):
        inner = raw[1:-1]
        return (inner.replace("\\n", "\n").replace("\\r", "\r").replace('\\"', '"') if quote == '"' else inner,)
    spaced = re.split(r"\s#", raw, maxsplit=1)[0].strip()
    return tuple(dict.fromkeys((spaced.partition("#")[0].strip(), spaced)))


def _expanded(value: str, known: Mapping[str, str], most: int) -> str:
    """``value`` with what it refers to; as it is written where that would add more than ``most`` characters."""
    pieces: list[str] = []
    at = 0
    for found in _REFERENCE.finditer(value):
        name, otherwise = found.group(1) or found.group(3), found.group(2)
        meant = known.get(name, found.group() if otherwise is None else otherwise)
        most -= len(meant)
        if most < 0:
            return value
        pieces += (value[at : found.start()], meant)
        at = found.end()
    return "".join((*pieces, value[at:])) if at else value


def _pairs(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Names and values of a file of credentials, by the form that its name promises."""
    if name == ".npmrc":
        yield from ((key, one) for key, value in _NPM.findall(text) for one in _decoded(value))
    elif name in (".netrc", "_netrc"):
        yield from (("password", value.strip('"')) for value in _NET.findall(text))
    elif name == ".pgpass":
        yield from (("password", line.rpartition(":")[2]) for line in text.splitlines() if line.count(":") >= 4)
    elif name == ".git-credentials":
        yield from (("password", one) for line in text.splitlines() for one in inside(line.strip()))
    elif "PRIVATE KEY" in text and not text.lstrip().startswith("{"):
        yield from (("private key", line) for line in _ARMOUR_LINE.findall(text))
    elif text.lstrip()[:1] == "{":
        yield from _json(text)
    else:
        found = ((key, value) for key, value in _INI.findall(text) if says_secret(key) or key.endswith("-data"))
        yield from ((key, one) for key, value in found for one in _decoded(value))


def _json(text: str) -> Iterator[tuple[str, str]]:
    """The strings of a JSON text whose own name, or one above it, says that they are secrets."""
    try:
        waiting: list[tuple[str, object, int]] = [("", json.loads(text), 0)]
    except (ValueError, RecursionError):
        return
    looked = 0
    while waiting and looked < _MOST:
        key, value, depth = waiting.pop()
        looked += 1
        if isinstance(value, dict) and depth < _DEEPEST:
            waiting += [(_inner(key, str(name)), inner, depth + 1) for name, inner in value.items()]
        elif isinstance(value, list) and depth < _DEEPEST:
            waiting += [(key, inner, depth + 1) for inner in value[:_MOST]]
        elif isinstance(value, str) and key:
            yield key, value
            yield from ((key, line) for line in value.split("\n") if "\n" in value and len(line) >= 20)


def _inner(above: str, name: str) -> str:
    """The name under which what stands below ``name`` is secret, ``""`` where it is not."""
    return name if says_secret(name) or name in ("private_key_id", "client_email") else above


def _decoded(value: str) -> Iterator[str]:
    """A value, and what it is the base64 of where that is text (npm's ``_auth``, kubeconfig's ``-data``)."""
    yield value
    if len(value) < 12 or len(value) > 20_000:
        return
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return
    if plain.isprintable():
        yield plain
        yield from (part for part in (plain.partition(":")[2],) if part)


def _counts(value: str) -> bool:
    return len(value) >= SHORTEST and len(set(value)) >= 4 and not is_innocent(value, named=True)
