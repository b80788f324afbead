"""Everything that can happen to a session: what the person does, what effects end in, what comes from outside."""

from __future__ import annotations

from beai.core.loop.events.deeds import Deed
from beai.core.loop.events.facts import Fact
from beai.core.loop.events.passing import Passing
from beai.core.loop.events.seen import Seen

Event = Fact | Deed | Seen | Passing
