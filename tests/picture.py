"""Draws the README's picture from the real app on the real demo: ``python -m tests.picture`` writes docs/screen.svg."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import tempfile
from pathlib import Path

from beai.core.demo import create
from beai.core.fault import Fault
from beai.core.loop.journal import home
from beai.core.loop.opening import Opening, Wanted
from beai.core.loop.preflight import survey
from beai.core.loop.session import Phase, Session, Stage
from beai.core.settings import Settings
from beai.core.trust import agree
from beai.tui.app import BeaiApp

PICTURE = Path(__file__).parents[1] / "docs" / "screen.svg"


def shown(session: Session) -> bool:
    """The moment to draw: the second case was seen red, and the code for it is up for decision."""
    at = session.cycle
    return session.phase is Phase.GREEN and session.case_id == "C2" and at is not None and at.stage is Stage.REVIEWING


async def draw() -> None:
    """Take the first task to that moment with keys, and save the screen."""
    with tempfile.TemporaryDirectory() as folder:
        made = await create(Path(folder) / "shop-api", lambda _: None)
        assert not isinstance(made, Fault), made
        env = {**os.environ, "BEAI_STATE": f"{folder}/state"}
        project = survey(made.root, env)
        assert not isinstance(project, Fault), project
        assert agree(made.root, home(Path(env["BEAI_STATE"]), made.root)) is None
        loop, seconds, moved = (
            Opening(made.root, project, Settings(), Wanted(), env),
            itertools.count(),
            asyncio.Event(),
        )
        app = BeaiApp(loop, clock=lambda: float(next(seconds)))
        loop.observe(lambda _: moved.set())
        async with asyncio.timeout(180), app.run_test(size=(120, 36)) as pilot:
            while not shown(loop.session):
                moved.clear()
                if loop.session.pending is None and loop.session.standing is not None:
                    await pilot.press("a", "enter") if loop.session.cycle else await pilot.press("enter")
                    await pilot.pause()
                    continue
                await moved.wait()
            await pilot.pause()
            picture = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(), flags=re.S)  # no font from afar
            PICTURE.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    asyncio.run(draw())
