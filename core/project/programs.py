"""What programs on a command line are to a reader of it: shells, wrappers, package managers, and the harmless ones."""

from __future__ import annotations

from collections.abc import Mapping

SHELLS = frozenset({
    "sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "busybox", "cmd", "powershell", "pwsh",
})  # fmt: skip
RUNNERS = frozenset({"npx", "pnpx", "bunx"})
MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
TASKS = frozenset({"turbo", "nx", "lerna", "moon"})  # run a task of whatever package has it
SERIES = frozenset({"run-s", "run-p", "npm-run-all", "npm-run-all2"})
LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
INSTALLS = frozenset({"install", "i", "ci", "add", "rebuild", "rb", "it", "clean-install"})
ASKING = frozenset({
    "audit", "outdated", "ls", "list", "view", "info", "why", "version", "publish", "pack", "login", "logout", "config",
    "cache", "fund", "pkg", "store", "prune",
})  # fmt: skip
PLAIN = frozenset({
    "echo", "printf", "true", "false", ":", "cd", "pwd", "export", "set", "test", "[", "ls", "cat", "cp", "mv", "mkdir",
    "rm", "rimraf", "shx", "touch", "sleep", "wait", "exit", "tsc", "tsup", "next", "nest", "vite", "vitest", "jest",
    "mocha", "eslint", "prettier", "biome", "oxlint", "lint-staged", "husky", "esbuild", "rollup", "storybook",
    "only-allow", "tsc-alias", "swc", "docusaurus", "playwright", "cypress", "pg_isready", "wait-on", "which", "git",
})  # fmt: skip
# Programs and words of a shell that only start another command: the flags of theirs that take a word.
WRAPPERS: Mapping[str, tuple[str, ...]] = {
    "env": ("-u", "--unset", "-C", "--chdir", "-S"), "cross-env": (), "cross-env-shell": (),
    "dotenv": ("-e", "-v", "-p", "-c"), "dotenvx": ("-f", "-e", "--env-file"), "env-cmd": ("-f", "-e", "-r"),
    "doppler": ("-p", "-c", "--project", "--config"), "op": ("--env-file",), "infisical": ("--env", "--path"),
    "with-env": (), "time": (), "nice": ("-n",), "nohup": (), "exec": (), "command": (), "builtin": (), "sudo": ("-u",),
    "timeout": ("-s", "-k"), "xargs": ("-n", "-I", "-P"), "stdbuf": ("-o", "-e", "-i"), "setsid": (),
    "ionice": ("-c",), "corepack": (), "c8": (), "nyc": (), "if": (), "then": (), "else": (), "do": (), "while": (),
    "!": (), "{": (), "chronic": (), "wsl": (), "proxychains": (), "unbuffer": (), "caffeinate": (),
    "concurrently": ("-n",), "eval": (), "start-server-and-test": (), "nodemon": ("-w", "-e"), "dotenv-flow": (),
    "tini": (), "source": (), "docker": (), "docker-compose": (), "podman": (), "kubectl": (), "ssh": (), "fly": (),
    "heroku": (),
}  # fmt: skip
CONTAINERS = frozenset({"docker", "docker-compose", "podman", "kubectl", "ssh", "fly", "heroku"})
QUOTING = frozenset({"eval", "concurrently", "start-server-and-test", "nodemon", "cross-env-shell", "chronic", "env"})
VERBS = frozenset({"run", "run-script", "exec", "dlx", "x", "--", "rum", "urn"})
TARGETS = ("--filter", "-F", "-w", "--workspace", "-C", "--dir", "--cwd", "--prefix", "--scope", "-p", "--package")
