"""Who hears of a request while it is under way."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.suggest.progress import Progress

Tell = Callable[[Progress], None]
