"""git in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from beai.core.edits.diff.hunks import hunks
from beai.core.edits.receipts import written_paths
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import CommitPlan, Committed, PlannedFile, Preview
from beai.core.project.facts import RepoState
from beai.core.record.writes import steps


@dataclass
class FakeRepository:
    """git in memory: a branch, the paths that are dirty, and the commits that were made.

    ``disk`` gives the hash of a file as it is now, ``text`` what has a hash; ``troubles`` are the files whose lines
    cannot be told apart, each with why. ``hooks`` has what hooks of the next commits print and change.
    """

    here: RepoState = field(
        default_factory=lambda: RepoState(branch="feature/x", head="0" * 40, branches=("feature/x", "main"))
    )
    made: list[CommitPlan] = field(default_factory=list)
    refuse: Fault | None = None
    disk: Callable[[str], str] | None = None
    text: Callable[[str], str | None] = lambda _: None
    troubles: dict[str, str] = field(default_factory=dict)
    pushed: bool = False
    hooks: Committed | None = None
    heads: list[str] = field(default_factory=list)

    async def state(self) -> RepoState | Fault:
        """Where it stands."""
        return self.here

    async def switch(self, branch: str, create: bool) -> RepoState | Fault:
        """Go to a branch that exists, or make it."""
        if create == (branch in self.here.branches):
            return Fault(FaultKind.GIT, f"Branch {branch} {'exists already' if create else 'does not exist'}.")
        self.here = replace(self.here, branch=branch, branches=tuple(sorted({*self.here.branches, branch})))
        return self.here

    async def preview(self, plan: CommitPlan) -> Preview | Fault:
        """What the plan's receipts wrote, but for files that are again as they were before."""
        files = []
        for path, chain in steps(plan.receipts).items():
            now = self.disk(path) if self.disk is not None else chain[-1].after_hash
            if now == chain[0].before_hash:
                continue
            parts = hunks(path, self.text(chain[0].before_hash), self.text(chain[-1].after_hash))
            left = "".join(hunk.id for hunk in parts if hunk.id in plan.without)
            whole = chain[-1].after_hash
            hashed = hashlib.sha256(f"{whole}{left}".encode()).hexdigest() if left else whole
            edited = now != whole
            trouble = self.troubles.get(path, "")
            files.append(PlannedFile(path, parts, whole, hashed, trouble, edited=edited, more=edited or bool(trouble)))
        return Preview(tuple(files))

    async def uncommit(self, sha: str, token: str) -> RepoState | Fault:
        """Forget the newest plan, where it is that one."""
        if self.pushed:
            return Fault(FaultKind.REFUSED, f"The commit stays: {sha[:10]} was pushed.")
        if not self.made or sha != self.here.head or self.made[-1].token != token:
            return Fault(FaultKind.REFUSED, f"The commit stays: {sha[:10]} is not the newest commit of ours.")
        plan = self.made.pop()
        paths = written_paths(plan.receipts)
        head = self.heads.pop() if self.heads else "0" * 40
        self.here = replace(self.here, head=head, dirty=tuple(sorted({*self.here.dirty, *paths})))
        return self.here

    async def commit(self, plan: CommitPlan, tell: Callable[[str], None] = lambda _: None) -> Committed | Fault:
        """Keep the plan; the same token is not committed twice. The hooks say and change what ``hooks`` says."""
        if self.refuse is not None:
            return self.refuse
        if self.hooks is not None:
            tell(self.hooks.output)
        paths = written_paths(plan.receipts)
        if self.made and plan.token and plan.token == self.made[-1].token:
            return Committed(self.here.head, self.here.branch, plan.message.splitlines()[0], paths)
        if plan.branch != self.here.branch:
            return Fault(FaultKind.REFUSED, f"You are on {self.here.branch}, the commit is for {plan.branch}.")
        if not paths:
            return Fault(FaultKind.GIT, "Nothing of this task is left to commit.")
        self.made.append(plan)
        self.heads.append(self.here.head)
        sha = hashlib.sha256(f"{len(self.made)}{plan.message}".encode()).hexdigest()[:40]
        dirty = tuple(path for path in self.here.dirty if path not in paths)
        self.here = replace(self.here, head=sha, dirty=dirty)
        made = Committed(sha, plan.branch, plan.message.splitlines()[0], paths)
        ran = self.hooks or made
        return replace(made, output=ran.output, changed=ran.changed, touched=ran.touched)
