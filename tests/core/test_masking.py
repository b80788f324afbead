"""What looks like a key is masked wherever it stands and however long it is, and what only reads like one is not."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beai.core.suggest.privacy.masking import MASK, masked

_LOT = random.Random(7)  # the same on every run; no key of anybody


def drawn(length: int, of: str = string.ascii_letters + string.digits) -> str:
    return "".join(_LOT.choice(of) for _ in range(length))


LONG, HEX = drawn(900), "9f3c0b7de2a14856bb07f1c93d5e8a26"
BODY = "\n".join(drawn(64) for _ in range(12))
PEM = f"-----BEGIN PRIVATE KEY-----\n{BODY}\nabcd+/==\n-----END PRIVATE KEY-----"

KEYS = {
    "a long value": (f'FIREBASE_PRIVATE_KEY_BASE64="{LONG}"', LONG),
    "a value in a template": (f"const token = `{LONG[:300]}`", LONG[:300]),
    "PGP": (f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{BODY}\n=aBcD\n-----END PGP PRIVATE KEY BLOCK-----", BODY),
    "OpenSSH": (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n-----END OPENSSH PRIVATE KEY-----", BODY),
    "SSH2": (f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{BODY}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----", BODY),
    "one line of JSON": (f'"private_key": "{PEM}"'.replace("\n", "\\n"), BODY.split("\n")[5]),
    "a beginning without an end": (f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}", BODY),
    "an end without a beginning": (f"{BODY}\nab\n-----END RSA PRIVATE KEY-----", BODY),
    "a bearer": (f"Authorization: Bearer {LONG[:40]}", LONG[:40]),
    "a basic one": (f"headers: {{ authorization: `Basic {LONG[:38]}==` }}", LONG[:38]),
    "32 hexadecimal digits": (f'encryptionKey: "{HEX}"', HEX),
    "16 hexadecimal digits": (f"JWT_SECRET={HEX[:16]}", HEX[:16]),
    "an even spread": ('encryptionKey: "0123456789abcdef0123456789abcdef"', "0123456789abcdef"),
    "an address in capitals": ("POSTGRES://u:p3ss-w0rd@h/db", "p3ss-w0rd"),
    "a short password": ("POSTGRES://u:pw@h", "pw@"),
    "an @ in the password": ("postgres://app:on3@tw0@h/db", "tw0"),
    "a $ in the password": ("redis://:on3$tw0@h/0", "tw0"),
    "a long project key": (f"sk-proj-{LONG[:420]}", LONG[380:420]),
    "a token with dots": ('DISCORD_TOKEN="MTk4NjIyNDgzNDcxOTI1.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"', "ZnCjm1XVW7vRze"),
    "a token with dots, bare": ("DISCORD_TOKEN=MTk4NjIyNDgzNDcxOTI1.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "ZnCjm1XVW7"),
    "a long JSON Web Token": (f"eyJhbGciOiJIUzI1NiJ9.eyJ{LONG * 6}.{LONG[:43]}", LONG[:43]),
}
PLAIN = (
    "secret: process.env.NEXTAUTH_SECRET_VALUE_2020,",
    "token: config.auth.v2.refreshToken2024.value,",
    "apiKey = SENDGRID_API_KEY_2024_PRODUCTION",
    "tokenHash: createHash_sha256_of_1234567890",
    "password: 'correct-horse-battery-staple1'",
    'tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token2"',
    'secretName: "projects/shop-2024/secrets/database-password"',
    'token: "settings.security.token_2020_expired"',
    'inviteToken: "00000000-0000-4000-8000-000000000001"',
    "Authorization: Bearer ${session.accessToken2}",
    "the Bearer authentication-scheme-of-rfc6750 is used",
    'key.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "").trim()',
    "`-----BEGIN PRIVATE KEY-----` is what such a file begins with, and more text follows here.",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    "postgres://${user}:${password}@${host}/shop",
    "postgresql://USER:PASSWORD@HOST:5432/DATABASE",
    ".sk-fading-circle-of-many-dots { animation: sk-rotate-plane-and-more 1s }",
    "http://localhost:3000/@scope/package",
)


@pytest.mark.parametrize(("line", "secret"), KEYS.values(), ids=KEYS)
def test_no_part_of_a_key_is_left_and_the_lines_stay_where_they_are(line: str, secret: str) -> None:
    hidden, count = masked(f"before();\n{line}\nafter();\n")

    assert secret[-20:] not in hidden and secret[:20] not in hidden
    assert count == 1 and hidden.count(MASK) == 1
    assert hidden.startswith("before();\n") and hidden.endswith("\nafter();\n")
    assert hidden.count("\n") == line.count("\n") + 3


@pytest.mark.parametrize("line", PLAIN)
def test_what_only_reads_like_a_key_is_left_as_it_is(line: str) -> None:
    assert masked(f"before();\n{line}\nafter();\n") == (f"before();\n{line}\nafter();\n", 0)


def test_code_between_two_keys_is_left_as_it_is() -> None:
    hidden, count = masked(f"const a = `{PEM}`;\nconst between = 1;\nconst b = `{PEM}`;\n")

    assert count == 2
    assert hidden.replace("\n", "") == f"const a = `{MASK}`;const between = 1;const b = `{MASK}`;"


@example(["secret=", HEX, "secret=", HEX])
@given(
    st.lists(
        st.sampled_from([PEM, HEX, LONG[:60], "secret=", '"', "\n", "Bearer ", "-----END PRIVATE KEY-----", "a://b:"]),
        max_size=12,
    )
)
@example(["Bearer ", HEX, "secret=", HEX])
def test_masking_what_is_masked_changes_nothing(pieces: list[str]) -> None:
    hidden, _ = masked("".join(pieces))

    assert masked(hidden) == (hidden, 0)
    assert hidden.count("\n") == "".join(pieces).count("\n")


@pytest.mark.parametrize(
    "piece",
    [
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "a" * 64 + "\n",
        "-----BEGIN ",
        "a" * 64 + "\n",
        "secret",
        "token=",
        "token: '" + "a1B2" * 50 + "(",
        "a://b:c",
        "eyJhbGciOiJI-",
        "sk-",
        "Bearer ",
        "-",
        "\\n",
    ],
)
def test_a_long_text_of_anything_is_read_once(piece: str) -> None:
    """What goes over it again and again never comes back."""
    text = piece * (200_000 // len(piece))
    hidden, _ = masked(text)
    assert hidden.count("\n") == text.count("\n")
