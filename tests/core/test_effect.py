"""What a command does to a database is known by its effect, under every spelling that can be read off it."""

from __future__ import annotations

import pytest

from beai.core.project.effect import Effect, effect, mentions, of_words, script_effect

SCRIPTS = {
    "": {
        "db:push": "prisma db push",
        "db:generate": "prisma migrate dev",
        "gen": "prisma generate",
        "a": "npm run b && echo hi",
        "b": "pnpm -F @acme/db push",
        "loop": "npm run loop2",
        "loop2": "npm run loop",
        "pretest": "prisma migrate reset -f",
        "test": "vitest run",
        "postinstall": "prisma generate",
        "seed": "tsx prisma/seed.ts",
        "check": "tsc --noEmit && eslint .",
    },
    "packages/db": {"push": "dotenv -e ../../.env -- prisma db push"},
}
MIGRATES = """\
prisma migrate dev
prisma migrate dev --create-only
npx prisma migrate deploy
npx --yes prisma@7.10.0 db push
npx -p prisma@6 prisma migrate resolve --applied x
pnpm dlx prisma migrate reset --force
pnpm exec prisma db execute --file x.sql
pnpm prisma db push
yarn prisma migrate dev
yarn dlx prisma db push
yarn run prisma db push
bunx prisma db push
bunx --bun prisma db push
bun x prisma migrate dev
bun run prisma migrate dev
npm exec prisma -- migrate dev
npm exec -c "prisma migrate dev"
sh -c "prisma migrate dev"
bash -lc 'cd x && npx prisma db push'
DATABASE_URL=x prisma db push
env DATABASE_URL=x prisma db push
cross-env A=1 B=2 prisma db push
dotenv -e .env -- prisma db push
dotenv -e .env prisma migrate dev
dotenvx run -f .env -- prisma migrate deploy
doppler run -- npx prisma migrate deploy
timeout 10 prisma db push
sudo -u me npx prisma migrate deploy
nohup prisma db push &
yes | npx prisma migrate reset
node node_modules/prisma/build/index.js migrate reset
node --max-old-space-size=99 ./node_modules/prisma/build/cli.js db push
./node_modules/.bin/prisma db push
node_modules\\\\.bin\\\\prisma.cmd db push
node --run db:push
npm run db:push
npm run a
npm test
pnpm db:generate
turbo run db:push
turbo db:push --filter=api
pnpm --filter db push
pnpm -C packages/db push
yarn workspace @acme/db push
run-s db:*
run-p gen db:push
prisma --schema prisma/schema.prisma migrate dev
prisma migrate --schema a dev
prisma migrate diff --from-migrations a --to-empty
prisma db seed
npx prisma mcp
docker compose exec app npx prisma migrate deploy
echo $(prisma migrate dev)
echo "`prisma migrate dev`"
eval "prisma db push"
concurrently "npm run db:push" "next dev"
if true; then prisma db push; fi
(cd packages/db && prisma db push)
prisma generate && prisma db push
prisma generate; prisma db push
prisma \\
  db push
node_modules/@prisma/engines/schema-engine-debian-openssl-3.0.x cli drop-database
node -e "require('child_process').execSync('npx prisma db push')"
cmd /c npx prisma db push""".replace("\\\\\n", "\\\n")


def lines(text: str) -> list[str]:
    return text.replace("\\\n", "\0").split("\n")


@pytest.mark.parametrize("line", [line.replace("\0", "\\\n") for line in lines(MIGRATES)])
def test_what_changes_a_database_is_known(line: str) -> None:
    assert effect(line, SCRIPTS).effect is Effect.MIGRATES


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("npx prisma generate", Effect.GENERATES),
        ("npm run gen", Effect.GENERATES),
        ("npm install", Effect.GENERATES),
        ("prisma validate && prisma format", Effect.HARMLESS),
        ("prisma migrate status", Effect.HARMLESS),
        ("prisma migrate diff --from-empty --to-schema-datamodel a", Effect.HARMLESS),
        ("prisma migrate dev --help", Effect.HARMLESS),
        ("echo prisma migrate dev", Effect.HARMLESS),
        ("# prisma migrate dev", Effect.HARMLESS),
        ("npm run check", Effect.HARMLESS),
        ("npm run seed", Effect.UNKNOWN),
        ("$PRISMA migrate dev", Effect.UNKNOWN),
        ("./scripts/setup.sh", Effect.UNKNOWN),
        ("npm run loop", Effect.HARMLESS),
        ("", Effect.HARMLESS),
    ],
)
def test_what_does_not_is_told_apart(line: str, expected: Effect) -> None:
    assert effect(line, SCRIPTS).effect is expected


def test_a_script_tells_the_way_to_what_it_does() -> None:
    found = script_effect(SCRIPTS, "", "a")
    assert (found.command, found.way) == ("prisma db push", ("a", "b", "packages/db#push"))


def test_a_server_of_tools_is_judged_by_its_words() -> None:
    assert of_words(("npx", "-y", "prisma", "mcp")).effect is Effect.MIGRATES
    assert of_words(("npx", "-y", "@playwright/mcp")).effect is not Effect.MIGRATES


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('spawn("npx", ["prisma", "db", "push"])', "prisma db push"),
        ("await $`prisma migrate reset --force`", "prisma migrate reset --force"),
        ("import { prisma } from './db'\nprisma.user.create()", ""),
        ("execSync('prisma generate')", ""),
    ],
)
def test_code_that_names_such_a_command_is_seen(code: str, found: str) -> None:
    assert mentions(code) == found


@pytest.mark.parametrize("text", ['"\\' * 400_000, "$(" * 400_000, "`a" * 400_000, "prisma " * 200_000, "\0'" * 9])
def test_no_text_stops_it(text: str) -> None:
    assert effect(text).effect in Effect
    assert isinstance(mentions(text), str)


@pytest.mark.parametrize("shell", ["cmd /c ", "sh -c ", "env ", "npx ", "node prisma ", "pnpm exec ", "time "])
def test_a_line_that_is_nested_ever_deeper_is_not_known_to_be_harmless(shell: str) -> None:
    assert effect(shell * 500 + "true").effect in (Effect.UNKNOWN, Effect.MIGRATES)
    assert script_effect({"": {"go": shell * 500 + "prisma db push"}}, "", "go").effect is not Effect.HARMLESS
    assert of_words(tuple((shell * 500).split())).effect in Effect
