"""The files whose text goes to nobody, by name: one predicate that every reader for a prompt obeys.

Names are compared as the file systems that people use compare them: without case, as compatibility characters
(Unicode NFKC), without the dots and spaces that Windows takes off an end, and without a stream's name behind a colon.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from beai.core.rulebook.globs import matches

Rule = tuple[re.Pattern[str], str]

_FOLDERS: tuple[Rule, ...] = (
    (re.compile(r"\.git|git~\d"), "it belongs to git"),
    (re.compile(r"node_modules"), "it belongs to an installed package"),
    (re.compile(r"\.env.*|env~\d"), "environment files hold secrets"),
    (
        re.compile(
            r"\.(?:ssh|aws|azure|gnupg|kube|docker|gcloud|oci|password-store|vercel|netlify|terraform|terraform\.d)"
        ),
        "it lies in a folder of credentials",
    ),
)
_FILES: tuple[Rule, ...] = (
    (
        re.compile(r"\.env.*|.+\.env|env~\d|\.flaskenv|\.dev\.vars.*|\.secrets?|\.vars"),
        "environment files hold secrets",
    ),
    (
        re.compile(
            r"\.npmrc|[._]netrc|\.pypirc|\.pgpass|pgpass\.conf|\.my\.cnf|\.git-credentials|\.htpasswd|\.dockercfg"
            r"|\.dockerconfigjson|\.vault-token|\.boto|\.s3cfg|\.terraformrc|terraform\.rc|credentials\.tfrc\.json"
            r"|\.yarnrc\.yml|local\.settings\.json"
        ),
        "it holds tokens",
    ),
    (
        re.compile(
            r".*\.(?:pem|key|p12|pfx|pkcs12|p8|jks|keystore|truststore|ppk|gpg|kdbx|ovpn|age)|id_(?:rsa|dsa|ecdsa|ed25519)"
            r"(?:_sk)?(?:[._-].*)?(?<!\.pub)|.*[._-]rsa"
        ),
        "it is a key file",
    ),
    (
        re.compile(
            r"credentials(?:\.(?:json|ya?ml|toml|ini|csv|xml|txt))?|(?:client|app)[_-]secrets?.*\.json|secrets?\.(?:json|ya?ml|toml|ini)"
            r"|.*service[_-]?account.*\.json|.*firebase-adminsdk.*\.json|gcp[_-]key.*\.json|application_default_credentials\.json"
            r"|(?:.*\.)?kubeconfig(?:\.ya?ml)?"
        ),
        "it holds credentials",
    ),
    (re.compile(r".*\.tfstate(?:\..*)?|.*\.tfvars(?:\.json)?"), "Terraform keeps secrets in it in plain text"),
    (
        re.compile(
            r".*\.(?:sqlite3?|db3?|mdb|sqlite3?-(?:wal|shm|journal)|dump|rdb|bak)|(?:dump|backup).*\.sql(?:\.gz)?"
        ),
        "it is a database, which holds people's data",
    ),
    (re.compile(r"\.(?:bash|zsh|sh|psql|mysql|sqlite|node_repl|python|irb)_history"), "it is a history of commands"),
)
_OURS = "it is on the never-read list: "
_VALUES = _FILES[:5]
FACTS = frozenset({".npmrc"})
"""Files that may be read for facts alone, as a hash of them, and whose text still goes to nobody."""


def never_read(path: str, globs: str = "") -> str:
    """Why no text of ``path`` may be read for a prompt, ``""`` where it may; ``globs`` are the person's own."""
    why = _why(path)
    if not why and globs:
        chosen = next((glob for glob in globs.split() if _fits(glob, path)), "")
        why = f"your setting never_read has {chosen}" if chosen else ""
    return f"{_OURS}{why}" if why else ""


def holds_values(path: str) -> bool:
    """Whether the values in ``path`` are looked for in what is sent: it holds keys, and is no database or history."""
    *folders, name = _plain(path).split("/")
    return any(_FOLDERS[3][0].fullmatch(part) for part in folders) or any(one.fullmatch(name) for one, _ in _VALUES)


def file_name(path: str) -> str:
    """The last part of ``path`` as it is compared."""
    return _plain(path).rpartition("/")[2]


@lru_cache(maxsize=1 << 15)
def _why(path: str) -> str:
    *folders, name = _plain(path).split("/")
    for part in folders:
        for pattern, why in _FOLDERS:
            if pattern.fullmatch(part):
                return why
    return next((why for pattern, why in (*_FOLDERS[:3], *_FILES) if pattern.fullmatch(name)), "")


@lru_cache(maxsize=1 << 15)
def _plain(path: str) -> str:
    parts = unicodedata.normalize("NFKC", path).casefold().replace("\\", "/").split("/")
    return "/".join(part if part in (".", "..") else part.partition(":")[0].rstrip(". ") for part in parts)


def _fits(glob: str, path: str) -> bool:
    """Whether a glob of the person's means ``path``; a folder's name means all that is in it."""
    plain = _plain(path)
    wanted = unicodedata.normalize("NFKC", glob).casefold().removeprefix("./")
    bare = wanted.rstrip("/")
    return matches(wanted, plain) or matches(f"{bare}/**", plain) or matches(f"**/{bare}/**", plain)
