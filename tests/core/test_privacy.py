"""Exact values are found in any form, what every program says is left alone, and nothing is read that never is."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.suggest.privacy.leaks import leaks, leaks_in_body, refusal
from beai.core.suggest.privacy.local import goes_bare, is_local
from beai.core.suggest.privacy.masking import MASK, hide, masked
from beai.core.suggest.privacy.never import never_read
from beai.core.suggest.privacy.reading import of_file, of_process, own_words
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.privacy.shapes import SHAPES, known

VALUE = "tr0ub4dor&3/ä\"quoted'"
SECRET = Secret("SESSION_SECRET", VALUE, ".env")
LONG = Secret("SIGNING_KEY", "kZ3vQ9-correct_horse_battery_staple-77Qx", ".env.local")
OWN = own_words(("src/server/api/routers/wishlist.router.ts", "shop"))

WRITTEN = {
    "as it is": f"const s = {VALUE};",
    "in JSON": json.dumps({"s": VALUE}),
    "in JSON, readable": json.dumps({"s": VALUE}, ensure_ascii=False),
    "in JSON inside JSON": json.dumps(json.dumps({"s": VALUE})),
    "in an address": f"https://h/?s={quote(VALUE, safe='')}",
    "in an address, small letters": f"https://h/?s={quote(VALUE, safe='').replace('%C3%A4', '%c3%a4')}",
    "as encodeURIComponent has it": quote(VALUE, safe="!*'()~"),
    "in base64": base64.b64encode(VALUE.encode()).decode(),
    "in base64 behind a user": base64.b64encode(f"me:{VALUE}".encode()).decode(),
    "in base64 in the middle": base64.b64encode(f"u:{VALUE}@host".encode()).decode(),
    "in base64 for addresses": base64.urlsafe_b64encode(f"{VALUE}~".encode()).decode(),
    "as digits": VALUE.encode().hex(),
    "twice": f"{VALUE}{VALUE}",
}
BROKEN = {
    "a backslash at the end": "kZ3vQ9-correct_horse_\\\nbattery_staple-77Qx",
    "two strings": "'kZ3vQ9-correct_' + 'horse_battery_staple-77Qx'",
    "two strings on two lines": '"kZ3vQ9-correct_" +\n    "horse_battery_staple-77Qx"',
    "two strings in a diff": "+  'kZ3vQ9-correct_' +\n+    'horse_battery_staple-77Qx'",
    "two strings side by side": "('kZ3vQ9-correct_'\n 'horse_battery_staple-77Qx')",
    "a line of a terminal": "kZ3vQ9-correct_horse_b\nattery_staple-77Qx",
    "a wrapped line of a diff": "+kZ3vQ9-correct_horse_b\n+attery_staple-77Qx",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_value_is_found_in_every_way_that_it_may_be_written(text: str) -> None:
    hidden, names = hide(f"before\n{text}\nafter", (SECRET,))

    assert MASK in hidden and set(names) == {"SESSION_SECRET of .env"}
    assert leaks(text, (SECRET,)) == ("SESSION_SECRET of .env",)
    assert leaks(hidden, (SECRET,)) == ()
    assert hidden.startswith("before\n") and hidden.endswith("\nafter")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_value_that_is_broken_in_two_is_found_and_the_lines_stay(text: str) -> None:
    hidden, names = hide(f"before\n{text}\nafter", (LONG,))

    assert names.total() == 1 and "horse" not in hidden
    assert hidden.count("\n") == text.count("\n") + 2


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=8, max_size=60).filter(lambda one: len(set(one)) > 4),
    st.text(max_size=80),
    st.text(max_size=80),
)
def test_nothing_of_a_value_is_left_wherever_it_stands(value: str, before: str, after: str) -> None:
    held = (Secret("KEY", value),)
    text = before + value + after
    hidden, count = masked(text, held)

    assert count >= 1 and value not in hidden
    assert hidden.count("\n") == text.count("\n")
    assert leaks_in_body(json.dumps({"messages": [{"content": text}]}).encode(), held) != ()


def test_a_short_value_counts_as_a_word_of_its_own_only() -> None:
    held = (Secret("PIN", "hunter"),)

    assert masked("the hunters hunt; pass hunter.", held) == (f"the hunters hunt; pass {MASK}.", 1)


@pytest.mark.parametrize(
    "piece", ["kZ3vQ9", "'kZ3' + '", "\\\n", "\n+", "kZ3vQ9-correct_horse_battery_staple-77Qx", "=", '"\n"', " "]
)
def test_a_long_text_of_anything_is_looked_through_once(piece: str) -> None:
    """What goes over it again and again never comes back."""
    text = piece * (200_000 // len(piece))

    assert masked(text, (LONG, SECRET))[0].count("\n") == text.count("\n")


ENV = """
# a comment, and a key that is switched off:
# STRIPE_KEY=k3Jd82hG7sQw92LkMnB4
export DATABASE_URL="postgresql://app:s3cr3t-Pa55@db.internal:5432/shop?sslpassword=zz-top-77"
SESSION_SECRET='a plain phrase of words'   # not a comment's business
MULTI="-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\n-----END PRIVATE KEY-----"
PASS=dragonfly9
LINK=https://${PASS}:x@h/
NODE_ENV=development
PORT=3000
DEBUG=true
APP_NAME=wishlist
HOST=localhost:3000
NEXT_PUBLIC_URL=https://shop.example.org
NEXTAUTH_URL=http://localhost:3000
SMTP_USER=mailer.internal.zone
LOCAL_DB=postgresql://postgres:postgres@localhost:5432/shop
SENTRY_KEY=your-key-here
AWS_REGION=eu-central-1
CRON="0 3 * * *"
OPENAI_MODEL=gpt-4o-mini
EMPTY=
BROKEN LINE
"""


def test_the_values_of_an_environment_file_are_known_and_what_every_program_says_is_not() -> None:
    found = {secret.value for secret in of_file("apps/web/.env.local", ENV, OWN)}

    assert {
        "k3Jd82hG7sQw92LkMnB4",
        "postgresql://app:s3cr3t-Pa55@db.internal:5432/shop?sslpassword=zz-top-77",
        "s3cr3t-Pa55",
        "zz-top-77",
        "a plain phrase of words",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj",
        "dragonfly9",
        "mailer.internal.zone",
    } <= found
    innocent = {"development", "3000", "true", "wishlist", "localhost:3000", "postgres", "your-key-here", "gpt-4o-mini"}
    assert found.isdisjoint({*innocent, "eu-central-1", "0 3 * * *", "http://localhost:3000", ""})
    assert not any("shop.example.org" in one or "postgres:postgres" in one for one in found)


def test_of_an_example_only_what_looks_drawn_by_lot_is_a_secret() -> None:
    text = "KEY=a phrase that is filled in later\nTOKEN=9f3c0b7de2a14856bb07f1c93d5e8a26\nURL=postgres://a:b0bby@h/db\n"

    assert [one.value for one in of_file(".env.example", text)] == ["9f3c0b7de2a14856bb07f1c93d5e8a26"]
    assert len(of_file(".env", text)) >= 3


FILES = {
    ".npmrc": (
        "//registry.npmjs.org/:_authToken=abc-def-987\n_auth=bWU6b3BlbnNlc2FtZTk5\n",
        {"abc-def-987", "opensesame99"},
    ),
    "app/.netrc": ("machine h\n  login me\n  password sw0rdfish\n", {"sw0rdfish"}),
    ".pgpass": ("h:5432:db:me:swordfish77\n", {"swordfish77"}),
    ".git-credentials": ("https://me:swordfish77@github.com\n", {"swordfish77"}),
    ".aws/credentials": ("[default]\naws_secret_access_key = qwertyuiop/asdf\n", {"qwertyuiop/asdf"}),
    "service-account.json": (
        json.dumps({"type": "service_account", "private_key_id": "c0ffee00c0ffee12", "project_id": "shop-prod"}),
        {"c0ffee00c0ffee12"},
    ),
    "kubeconfig": ("users:\n- user:\n    token: kube-token-12345\n", {"kube-token-12345"}),
    "certs/dev.key": (
        "-----BEGIN PRIVATE KEY-----\n" + "QmFzZTY0" * 8 + "\n-----END PRIVATE KEY-----\n",
        {"QmFzZTY0" * 8},
    ),
    "prod.tfvars": ('db_password = "swordfish77"\nregion = "eu-west-1"\n', {"swordfish77"}),
}


@pytest.mark.parametrize(("path", "text", "values"), [(path, *rest) for path, rest in FILES.items()], ids=FILES)
def test_a_file_of_credentials_gives_its_values(path: str, text: str, values: set[str]) -> None:
    found = {secret.value for secret in of_file(path, text)}

    assert values <= found
    assert found.isdisjoint({"shop-prod", "eu-west-1", "me", "service_account"})


def test_the_environment_gives_the_values_of_names_that_say_secret_and_of_those_that_the_settings_name() -> None:
    env = {
        "OPENAI_API_KEY": "abc-def-1234",
        "githubToken": "tok-987-zyx-1",
        "DATABASE_URL": "mysql://a:b0bby-tables@h/db",
        "PATH": "/usr/local/bin:/usr/bin",
        "SSH_AUTH_SOCK": "/tmp/ssh-x/agent.1",
        "KEY_FILE": "/etc/some/key.json",
        "MY_LLM": "plain-old-value",
        "LANG": "en_US.UTF-8",
    }
    found = {secret.value for secret in of_process(env, ("MY_LLM",))}

    assert found == {"abc-def-1234", "tok-987-zyx-1", "mysql://a:b0bby-tables@h/db", "b0bby-tables", "plain-old-value"}


def test_a_value_shows_in_no_repr() -> None:
    assert "kZ3v" not in repr(LONG)


NEVER = (
    ".env", ".env.local", "apps/web/.ENV", ".Env.production", ".env.", ".env ", "．env", ".env::$DATA", ".envrc",
    "prod.env", "a/.git/config", "node_modules/x/index.js", ".npmrc", ".netrc", "_netrc", "certs/server.pem",
    "x.KEY", "store.p12", "id_rsa", "id_ed25519", ".ssh/config", ".aws/credentials", "config/credentials.json",
    "service-account.json", "my-service_account-prod.json", "kubeconfig", ".kube/config", "infra/prod.tfstate",
    "infra/x.tfstate.backup", "prod.tfvars", "prisma/dev.db", "data.sqlite3", ".pgpass", ".docker/config.json",
)  # fmt: skip
READ = (
    "src/env.ts", "src/server/credentials.ts", "src/key.ts", "id_rsa.pub", "src/keys/index.ts", "docs/environment.md",
    "src/auth/token.ts", "prisma/schema.prisma", "src/db.ts", "src/secrets/service.ts", ".cursor/rules/backend.mdc",
    "src/service-account.ts", "locales/auth.json", "src/environments/dev.ts", "envelope.ts",
)  # fmt: skip


@pytest.mark.parametrize("path", NEVER)
def test_what_holds_secrets_by_its_name_is_never_read(path: str) -> None:
    assert never_read(path).startswith("it is on the never-read list: ")


@pytest.mark.parametrize("path", READ)
def test_what_only_sounds_like_it_is_read(path: str) -> None:
    assert never_read(path) == ""


def test_the_persons_own_globs_count_whatever_the_case() -> None:
    globs = "secrets/** *.private.ts vault"

    for path in ("secrets/a/b.ts", "Secrets/x.ts", "src/pay.private.ts", "vault/x.ts", "src/vault/y.ts"):
        assert "your setting never_read has" in never_read(path, globs)
    assert never_read("src/public.ts", globs) == ""


LOCAL = (
    ("hosted_vllm/x", ""),
    ("ollama/qwen", ""), ("lm_studio/x", ""), ("gguf:/m/x.gguf", ""), ("m", "http://127.0.0.1:1/v1"),
    ("m", "http://localhost:11434"), ("m", "http://[::1]:8080"), ("m", "http://127.8.9.1"),
    ("m", "http://[::ffff:127.0.0.1]/"), ("m", "unix:///run/x.sock"), ("ollama/x", "http://LOCALHOST:1"),
    ("ollama/cloud", ""), ("ollama/cloudy:7b-cloudy", ""), ("gguf:/models/a:cloud", ""),
)  # fmt: skip
REMOTE = (
    ("gpt-5", ""), ("anthropic/x", ""), ("m", "http://localhost.example.com"), ("m", "http://127.0.0.1.nip.io"),
    ("m", "http://0.0.0.0:1"), ("m", "http://127.0.0.1@evil.example"), ("m", "http://evil.example/127.0.0.1"),
    ("m", "http://127.0.0.1\\@evil.example"), ("m", "http://2130706433"), ("m", "http://10.0.0.1"), ("m", "ftp://localhost"),
    ("ollama/x", "http://192.168.0.2:11434"), ("m", "http://[::]"), ("m", "http://local"), ("m", "http://[::1"),
    ("ollama/gpt-oss:120b-cloud", ""), ("ollama_chat/kimi:Cloud", ""), ("q:cloud:20b", "http://127.0.0.1:11434/v1"),
    ("m", "http://my-localhost"), ("m", "http://localhost:99999"), ("m", "http://host.docker.internal"),
)  # fmt: skip


@pytest.mark.parametrize(("model", "base"), LOCAL)
def test_this_computer_is_known_by_its_address(model: str, base: str) -> None:
    assert is_local(model, base)


@pytest.mark.parametrize(("model", "base"), REMOTE)
def test_what_may_lead_elsewhere_is_not_local(model: str, base: str) -> None:
    assert not is_local(model, base)


@pytest.mark.parametrize("base", ["http://10.0.0.5:4000", "HTTP://models.lan/v1", "http://localhost.example.com/"])
def test_a_key_would_go_bare_over_plain_http_to_another_computer(base: str) -> None:
    assert goes_bare(base)


@pytest.mark.parametrize("base", ["https://models.example/v1", "http://127.0.0.1:4000", "http://localhost", ""])
def test_a_key_goes_sealed_over_https_and_within_this_computer(base: str) -> None:
    assert not goes_bare(base)


def test_the_last_look_names_the_key_and_the_part_and_never_the_value() -> None:
    fault = refusal((("the part “task”", "all is well"), ("the part “ask”", f"x {LONG.value} y")), (LONG,))

    assert fault is not None and "SIGNING_KEY of .env.local" in fault.summary and "“ask”" in fault.summary
    assert LONG.value not in repr(fault)
    assert refusal((("the part “task”", f"it says {MASK}"),), (LONG,)) is None


def test_a_value_that_blocks_of_a_body_part_in_two_is_found() -> None:
    half = len(LONG.value) // 2
    blocks = [{"type": "text", "text": LONG.value[:half]}, {"type": "text", "text": LONG.value[half:]}]
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": blocks}]}).encode()

    assert leaks_in_body(body, (LONG,)) == ("SIGNING_KEY of .env.local",)
    assert leaks_in_body(b'{"messages": []}', (LONG,)) == ()


def test_values_that_refer_to_each_other_grow_no_file_beyond_measure() -> None:
    """Five lines of 60 characters would be a value of 600,000, and seven one of 60 million."""
    lines = [f"A{at}=" + f"${{A{at - 1}}}" * 10 for at in range(1, 6)]
    found = [one.value for one in of_file(".env", "\n".join(["A0=Zq9xK7", *lines, "LATER_KEY=qWx8Zr3T"]))]

    assert "Zq9xK7" * 1000 in found
    assert max(map(len, found)) < 100_000
    assert "qWx8Zr3T" in found


def test_what_all_values_of_a_file_refer_to_has_a_bound_too() -> None:
    lines = ["A=" + "Zq9xK7" * 5_000, *(f"B{at}=x{at}$A" for at in range(100))]

    assert sum(len(one.value) for one in of_file(".env", "\n".join(lines))) < 1_500_000


@pytest.mark.parametrize(
    ("before", "piece", "behind"), [("", " ", "!"), ("FOO=9", ".1", "-zebra!"), ("", "# ", ""), ("A=", "$A", "")]
)
def test_a_long_line_of_an_environment_file_is_read_once(before: str, piece: str, behind: str) -> None:
    """What goes over it again and again never comes back."""
    assert len(of_file(".env", before + piece * 400_000 + behind)) <= 2


def test_a_long_row_of_beginnings_of_keys_is_read_once() -> None:
    """What reads on to the end from each of them never comes back."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"

    assert list(known("-eyJ" * 500_000)) == []
    assert [name for _, _, name in known(f"{'-eyJ' * 1000}-{token}")] == ["JSON Web Token"]


def test_no_row_of_shapes_gives_back_what_it_read_and_only_some_read_on_behind_a_run() -> None:
    runs = {name: re.findall(r"\{\d+,\}(\+?)(.*)", row) for name, row in SHAPES}

    assert not [name for name, found in runs.items() if any(not possessive for possessive, _ in found)]
    assert {
        name for name, found in runs.items() if any(re.search(r"[+*}][^|)=?]*\\\.", f"+{rest}") for _, rest in found)
    } == {
        "JSON Web Token",
        "Mapbox secret token",
    }


ESCAPED = {
    "lower case in the value": ("sv=2024-11-04&sig=kZ8q%2fa0Pw7Lx%3d", "sv=2024-11-04&sig=kZ8q%2fa0Pw7Lx%3d"),
    "upper case in the text": ("sv=2024-11-04&sig=kZ8q%2fa0Pw7Lx%3d", "sv=2024-11-04&sig=kZ8q%2Fa0Pw7Lx%3D"),
    "Go": ("pa&ss<w0rd>long77", r"pa\u0026ss\u003cw0rd\u003elong77"),
    "Go in upper case": ("pa&ss<w0rd>long77", r"pa\u0026ss\u003Cw0rd\u003Elong77"),
    ".NET": ('it\'s-"a+l0ng"-pw', r"it\u0027s-\u0022a\u002Bl0ng\u0022-pw"),
    "JSON of Go in JSON": ("pa&ss<w0rd>long77", r"pa\\u0026ss\\u003cw0rd\\u003elong77"),
    "JavaScript": ("it's-a-l0ng-pw-9", r"it\'s-a-l0ng-pw-9"),
    "a template": ("it`s-a-l0ng-pw-9", r"it\`s-a-l0ng-pw-9"),
    "SQL": ("it's-a-l0ng-pw-9", "it''s-a-l0ng-pw-9"),
    "a shell": ("it's-a-l0ng-pw-9", r"it'\''s-a-l0ng-pw-9"),
    "CSV": ('say"a-l0ng-pw-9', 'say""a-l0ng-pw-9'),
    "HTML": ("it's-a-l0ng-pw-9", "it&#39;s-a-l0ng-pw-9"),
    "a backslash and a quote": ("it's\\a-l0ng-pw-9", r"it\'s\\a-l0ng-pw-9"),
}


@pytest.mark.parametrize(("value", "written"), ESCAPED.values(), ids=ESCAPED)
def test_a_value_with_escapes_of_its_own_or_of_another_language_is_found_by_all_that_look(
    value: str, written: str
) -> None:
    held = (Secret("K", value, ".env"),)

    assert masked(f"<{written}>", held) == (f"<{MASK}>", 1)
    assert leaks(f"<{written}>", held) == ("K of .env",)
    assert leaks_in_body(json.dumps({"text": f"<{written}>"}).encode(), held) == ("K of .env",)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("DB_PASSWORD=MyDog1234567890", "MyDog1234567890"),
        ("DB_PASSWORD=Fido...Rex77!x", "Fido...Rex77!x"),
        ("JWT_SECRET=q9Xxxx____kkPPzz81", "q9Xxxx____kkPPzz81"),
        ("DB_PASSWORD=${DB_PW:-S3cretDefault77}", "S3cretDefault77"),
        ("DB_PASSWORD=${DB_PW-S3cretDefault77}", "S3cretDefault77"),
        ("ADMIN_PASSWORD=TodoMaster-todo-99", "TodoMaster-todo-99"),
        ("SESSION_SECRET=prod-admin-2024-secret", "prod-admin-2024-secret"),
        ("API_KEY=fake news 9Kd73kfjQ", "fake news 9Kd73kfjQ"),
        ("DB_PASSWORD=Fluffy-example", "Fluffy-example"),
        ("DB_PASSWORD=hunter2xyzQ#prod", "hunter2xyzQ"),
        ("DB_PASSWORD=hunter2xyzQ#prod", "hunter2xyzQ#prod"),
        ("A_PART=zebra7\nDB_PASSWORD=q8$A_PART", "q8$A_PART"),
        ("DB_URL=postgres://app:my-pw-2024-db@db.internal/shop", "my-pw-2024-db"),
    ],
)
def test_a_value_that_a_person_filled_in_is_a_secret_whatever_it_reminds_of(line: str, value: str) -> None:
    assert value in {one.value for one in of_file(".env", line)}


HOLDERS = """
your-secret-key-here your_stripe_secret_key your-32-character-secret YOUR_API_KEY my-secret change-me-please
replace_with_32_chars insert-key-here <your-key> <the-password>-here xxxxxxxxxxxx sk-ant-api03-xxxx whsec_xxxx sk-...
G-XXXXXXXXXX ${DB_PASSWORD} ${USER}:${PASS} {{secret}} %DB_PASSWORD% ******** ____________ sk_test_1234567890
secret1234567 dummy-key-for-test example-key placeholder fake-token https://api.example.com/v1/hooks TODO
http://localhost:3000/api/auth password123 postgres 2024-2025 next-auth.session-token
"""


@pytest.mark.parametrize("value", HOLDERS.split())
def test_what_stands_for_a_value_to_come_or_is_a_word_of_every_program_is_none(value: str) -> None:
    assert of_file(".env", f"API_KEY={value}") == ()
