"""A ready workflow for CI that verifies a request: the whole history, the project's packages, and no secret."""

from __future__ import annotations

from beai.core.project.facts import Project

NAMES = ("github", "gitlab")
"""The CI services that there is a workflow for."""

_INSTALL = {
    "npm": "npm ci",
    "pnpm": "corepack enable && pnpm install --frozen-lockfile",
    "yarn": "corepack enable && yarn install --immutable",
    "bun": "npm install --global bun && bun install --frozen-lockfile",
}

_GITHUB = """\
# Verifies the evidence of each commit: beai verify --workflow github
name: beai verify
on:
  pull_request:
  push:
    branches: [main, master]

permissions:
  contents: read
  security-events: write  # uploads the findings to code scanning

concurrency:
  group: beai-verify-${{{{ github.ref }}}}
  cancel-in-progress: true

jobs:
  verify:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    env:
      # The commits of the request, or those that were pushed. As variables, so that no name is ever part of a script.
      BASE: ${{{{ github.event.pull_request.base.sha || github.event.before }}}}
      HEAD: ${{{{ github.event.pull_request.head.sha || github.sha }}}}
    steps:
      - uses: actions/checkout@v4.2.2
        with:
          fetch-depth: 0
          persist-credentials: false
          ref: ${{{{ github.event.pull_request.head.sha || github.sha }}}}
      - uses: actions/setup-node@v4.1.0
        with:
          node-version: 22
      - uses: actions/setup-python@v5.3.0
        with:
          python-version: "3.12"
      # The sandbox that tests run in; without it beai verify says so and runs them all the same.
      - run: sudo apt-get update && sudo apt-get install --yes bubblewrap
      - run: {install}{folder}
{generate}      - run: pip install "beai=={version}"
      - run: beai verify --github --junit beai-verify.xml --sarif beai-verify.sarif "$BASE..$HEAD"
      - uses: actions/upload-artifact@v4.4.3
        if: always()
        with:
          name: beai-verify
          path: beai-verify.xml
          if-no-files-found: ignore
      - uses: github/codeql-action/upload-sarif@v3.27.5
        if: always() && github.event.pull_request.head.repo.fork != true && hashFiles('beai-verify.sarif') != ''
        with:
          sarif_file: beai-verify.sarif
          category: beai-verify
"""

_GITLAB = """\
# Verifies the evidence of each commit: beai verify --workflow gitlab
beai-verify:
  stage: test
  image: nikolaik/python-nodejs:python3.12-nodejs22-slim
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"
  timeout: 30 minutes
  before_script:
    - apt-get update && apt-get install --yes --no-install-recommends git bubblewrap
{install}{generate}    - pip install "beai=={version}"
  script:
    - beai verify --junit beai-verify.xml "$CI_MERGE_REQUEST_DIFF_BASE_SHA..$CI_COMMIT_SHA"
  artifacts:
    when: always
    reports:
      junit: beai-verify.xml
"""


def workflow(name: str, version: str, project: Project | None = None) -> str:
    """The file for the service called ``name``, with the commands that install ``project``."""
    manager = project.runner.package_manager if project is not None and project.runner is not None else ""
    folder = _plain(project.package) if project is not None else ""
    install = _INSTALL.get(manager, _INSTALL["npm"])
    inside = folder if manager in ("", "npm") else ""  # the others install a whole workspace from its root
    prisma = project is not None and project.schema is not None
    if name == "github":
        generate = f"      - run: npx prisma generate{_at(folder)}\n" if prisma else ""
        return _GITHUB.format(install=install, folder=_at(inside), generate=generate, version=version)
    generate = f"    - {_in(folder)}npx prisma generate\n" if prisma else ""
    return _GITLAB.format(install=f"    - {_in(inside)}{install}\n", generate=generate, version=version)


def _in(folder: str) -> str:
    return f"cd {folder} && " if folder else ""


def _at(folder: str) -> str:
    return f"\n        working-directory: {folder}" if folder else ""


def _plain(folder: str) -> str:
    """A folder whose name is one word for YAML and a shell alike, else ``""``: then a person writes it in."""
    fine = all(char.isascii() and (char.isalnum() or char in "/._-") for char in folder)
    return folder if fine and not folder.startswith("-") else ""
