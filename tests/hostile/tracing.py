"""A forked child is stopped before each system call that changes the disk: killed, or told of an error (ptrace(2)).

Linux on x86-64 alone, where the numbers and registers below hold; elsewhere ``unable`` says so.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

_CALLS = {
    1: "write",
    18: "pwrite64",
    20: "writev",
    2: "open",
    257: "openat",
    85: "creat",
    83: "mkdir",
    258: "mkdirat",
    84: "rmdir",
    87: "unlink",
    263: "unlinkat",
    82: "rename",
    264: "renameat",
    316: "renameat2",
    86: "link",
    265: "linkat",
    88: "symlink",
    266: "symlinkat",
    74: "fsync",
    75: "fdatasync",
    277: "sync_file_range",
    306: "syncfs",
    76: "truncate",
    77: "ftruncate",
    90: "chmod",
    91: "fchmod",
    268: "fchmodat",
    92: "chown",
    93: "fchown",
    260: "fchownat",
    280: "utimensat",
    188: "setxattr",
    189: "lsetxattr",
    190: "fsetxattr",
    285: "fallocate",
}
"""Numbers of arch/x86/entry/syscalls/syscall_64.tbl."""

_OPENS = {2: 1, 257: 2}
"""Where the flags of an open are."""

_MARK = 110  # getppid(2): the child says by it where the act begins and ends
_NOT_READING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_TRACEME, _CONT_SYSCALL, _POKEUSER, _SETOPTIONS, _INFO = 0, 24, 6, 0x4200, 0x420E
_SYSGOOD, _EXITKILL = 1, 0x100000
_ORIG_RAX, _RAX, _RDX = 15 * 8, 10 * 8, 12 * 8  # <sys/user.h>
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens at the ``at``-th call (from 1): ``error`` (negative: at all later ones, too), or else the end.

    ``torn`` lets half of a write through before the end.
    """

    at: int
    error: int = 0
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Traced:
    """The calls that were seen, and what the act returned; None where the child was killed."""

    calls: tuple[str, ...]
    answer: str | None


def unable() -> str:
    """Why nothing can be traced here, or ``""``."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        return f"system calls are traced on Linux on x86-64 only, and this is {sys.platform} on {platform.machine()}"
    try:
        return "" if traced(lambda: "x", Strike(0)).answer == "x" else "a traced child gave no answer"
    except OSError as error:
        return f"a child cannot be traced here: {error}"


def traced(act: Callable[[], str], strike: Strike) -> Traced:
    """Run ``act`` in a forked child, and strike. Raises ``OSError`` where tracing is not allowed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _be_traced(act, read, write)
    os.close(write)
    try:
        calls = _follow(child, strike)
        with os.fdopen(read, "rb", closefd=False) as answers:
            said = answers.read().decode()
    finally:
        os.close(read)
    return Traced(calls, said or None)


def _be_traced(act: Callable[[], str], read: int, write: int) -> None:
    try:
        os.close(read)
        _libc.ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.getppid()
        answer = act()
        os.getppid()
        os.write(write, answer.encode())
    except BaseException as error:  # noqa: BLE001 - a child of a fork must not go on as its parent
        os.getppid()
        os.write(write, f"raised {type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def _follow(child: int, strike: Strike) -> tuple[str, ...]:
    calls, inside, pending, torn = list[str](), False, 0, False
    _, status = os.waitpid(child, 0)
    _ptrace(_SETOPTIONS, child, 0, _SYSGOOD | _EXITKILL)
    passed = 0
    while not (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
        if os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
            entry, number, arguments = _call(child)
            if not entry and torn:
                os.kill(child, signal.SIGKILL)
            elif not entry and pending:
                _ptrace(_POKEUSER, child, _RAX, -pending)
                pending = 0
            elif entry and number == _MARK:
                inside = not inside
            elif entry and inside and _changes(number, arguments):
                calls.append(_CALLS[number])
                if len(calls) == strike.at and not strike.error:
                    torn = strike.torn and number == 1
                    if torn:
                        _ptrace(_POKEUSER, child, _RDX, arguments[2] // 2)
                    else:
                        os.kill(child, signal.SIGKILL)
                elif len(calls) == strike.at or (strike.error < 0 and len(calls) > strike.at > 0):
                    pending = abs(strike.error)
                    _ptrace(_POKEUSER, child, _ORIG_RAX, -1)
        elif os.WIFSTOPPED(status) and os.WSTOPSIG(status) not in (signal.SIGSTOP, signal.SIGTRAP):
            passed = os.WSTOPSIG(status)
        _libc.ptrace(_CONT_SYSCALL, child, None, passed)
        passed = 0
        _, status = os.waitpid(child, 0)
    return tuple(calls)


def _changes(number: int, arguments: tuple[int, ...]) -> bool:
    if number in _OPENS:
        return bool(arguments[_OPENS[number]] & _NOT_READING)
    return number in _CALLS


def _call(child: int) -> tuple[bool, int, tuple[int, ...]]:
    """Whether a call begins, its number and arguments (struct ptrace_syscall_info)."""
    info = ctypes.create_string_buffer(88)
    _ptrace(_INFO, child, 88, ctypes.addressof(info))
    number, *arguments = struct.unpack_from("=7Q", info.raw, 24)
    return info.raw[0] == 1, number, tuple(arguments)


def _ptrace(request: int, child: int, address: int, data: int) -> None:
    if _libc.ptrace(request, child, ctypes.c_void_p(address), ctypes.c_void_p(data & (2**64 - 1))) < 0:
        number = ctypes.get_errno()
        os.kill(child, signal.SIGKILL)
        raise OSError(number, os.strerror(number))
