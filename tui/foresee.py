"""Who tells the screen what would be sent next; a type alone, so that nothing that packs is imported for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from beai.core.loop.session import Session

if TYPE_CHECKING:
    from beai.core.fault import Fault
    from beai.core.loop.outgoing import Outgoing

Foresee = Callable[[Session], Awaitable["Outgoing | Fault"]]
"""What would be sent next as a session is, looked for beside the screen."""
