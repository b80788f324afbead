"""The terminal after the process was stopped and continued: one reader, one writer, and the whole picture again."""

from __future__ import annotations

import asyncio

from textual.drivers.linux_driver import LinuxDriver


class Terminal(LinuxDriver):
    """Textual's driver starts its threads anew on every SIGCONT, even where SIGSTOP let none of them end.

    The ones it forgot keep the process from ever ending, and keys go to any of them (``LinuxDriver`` of Textual 8.2:
    ``_sigcont_application`` calls ``resume_application_mode``, ``disable_input`` joins one thread).
    """

    def resume_application_mode(self) -> None:
        """Start what was ended; where nothing was, ask only for the picture."""
        if self._writer_thread is None or not self._writer_thread.is_alive():
            super().resume_application_mode()
            return
        asyncio.run_coroutine_threadsafe(self._app._post_message(self.SignalResume()), self._loop)
