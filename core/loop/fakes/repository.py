"""git in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.project.facts import RepoState


@dataclass
class FakeRepository:
    """git in memory: a branch, the paths that are dirty, and the commits that were made."""

    here: RepoState = field(
        default_factory=lambda: RepoState(branch="feature/x", head="0" * 40, branches=("feature/x", "main"))
    )
    made: list[CommitPlan] = field(default_factory=list)
    refuse: Fault | None = None

    async def state(self) -> RepoState | Fault:
        """Where it stands."""
        return self.here

    async def switch(self, branch: str, create: bool) -> RepoState | Fault:
        """Go to a branch that exists, or make it."""
        if create == (branch in self.here.branches):
            return Fault(FaultKind.GIT, f"Branch {branch} {'exists already' if create else 'does not exist'}.")
        self.here = replace(self.here, branch=branch, branches=tuple(sorted({*self.here.branches, branch})))
        return self.here

    async def commit(self, plan: CommitPlan) -> Committed | Fault:
        """Keep the plan; the same token is not committed twice."""
        if self.refuse is not None:
            return self.refuse
        paths = tuple(dict.fromkeys(written.path for receipt in plan.receipts for written in receipt.files))
        if self.made and plan.token and plan.token == self.made[-1].token:
            return Committed(self.here.head, self.here.branch, plan.message.splitlines()[0], paths)
        if plan.branch != self.here.branch:
            return Fault(FaultKind.REFUSED, f"You are on {self.here.branch}, the commit is for {plan.branch}.")
        if not paths:
            return Fault(FaultKind.GIT, "Nothing of this task is left to commit.")
        self.made.append(plan)
        sha = hashlib.sha256(f"{len(self.made)}{plan.message}".encode()).hexdigest()[:40]
        dirty = tuple(path for path in self.here.dirty if path not in paths)
        self.here = replace(self.here, head=sha, dirty=dirty)
        return Committed(sha, plan.branch, plan.message.splitlines()[0], paths)
