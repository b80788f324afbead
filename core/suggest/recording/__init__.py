"""A session's suggestions are kept in a file, and asked of it again: for demos, tests and bug reports.

A recording is a text file of JSON lines: a head line, then one line for each request that was answered. It holds what
was replied and a fingerprint of what was asked, part by part; the text that was asked only where the person wants it,
with its keys masked. A replay proves nothing: what it says passes the same matching, policy, review and runs.
"""

from __future__ import annotations

from beai.core.suggest.recording.record import Recording
from beai.core.suggest.recording.replay import Replay

__all__ = ["Recording", "Replay"]
