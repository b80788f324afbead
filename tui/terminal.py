"""The terminal after the process was stopped and continued: one reader, one writer, and the whole picture again."""

from __future__ import annotations

import asyncio
import contextlib
import termios
import tty

from textual.drivers.linux_driver import LinuxDriver


class Terminal(LinuxDriver):
    """Textual's driver starts its threads anew on every SIGCONT, even where SIGSTOP let none of them end.

    The ones it forgot keep the process from ever ending, and a key goes to any of them (``LinuxDriver`` of Textual 8.2:
    ``_sigcont_application`` calls ``resume_application_mode``, ``disable_input`` joins one thread).
    """

    def resume_application_mode(self) -> None:
        """Start what was ended; where nothing was, take the keys back from the shell and ask for the picture."""
        if self._writer_thread is None or not self._writer_thread.is_alive():
            super().resume_application_mode()
            return
        with contextlib.suppress(termios.error):  # in the background: the next SIGCONT comes with the terminal
            modes = termios.tcgetattr(self.fileno)
            modes[tty.LFLAG] = self._patch_lflag(modes[tty.LFLAG])
            modes[tty.IFLAG] = self._patch_iflag(modes[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, modes)
        asyncio.run_coroutine_threadsafe(self._app._post_message(self.SignalResume()), self._loop)
