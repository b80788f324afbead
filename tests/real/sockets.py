"""Which sockets the processes of a command opened towards anywhere, as the kernel's own calls tell it under strace.

What may be spoken to is this computer: loopback, sockets in files, and the kernel (netlink). A question for a name is
no less a word to the outside than a connection: a server for names counts, also one on loopback that passes them on.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = ("connect", "bind", "sendto", "sendmsg", "sendmmsg")
"""The calls of Linux that name an address: io_uring could as well, which neither Python, Node nor git uses for it."""

_STARTS = ("clone", "clone3", "fork", "vfork", "execve")
_LOCAL = frozenset({"AF_UNIX", "AF_LOCAL", "AF_NETLINK", "AF_UNSPEC"})
_NAMES = ("/nscd/", "/systemd/resolve/", "/avahi-daemon/")  # files behind which somebody looks up names
_NAME_PORTS = frozenset({53, 853, 5353, 5355})
_CALL = re.compile(rf"^(?P<pid>\d+) +(?P<call>{'|'.join(CALLS)})\((?P<rest>.*)$", re.MULTILINE)
_CHILD = re.compile(r"^(\d+) +(?:<\.\.\. )?(?:clone3?|v?fork)\b.*= (\d+)$", re.MULTILINE)
_PROGRAM = re.compile(r"^(\d+) +execve\([^[]*\[(.*?)\], .*(?:= 0|unfinished \.\.\.>)$", re.MULTILINE)
_WORD = re.compile(r'"([^"]*)"')
_FAMILY = re.compile(r"sa_family=(?P<family>AF_\w+)(?P<rest>[^}]*)")
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_ADDRESS = re.compile(r'inet_(?:addr\(|pton\(AF_INET6?, )"([^"]*)"')
_PATH = re.compile(r'sun_path=@?"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Reached:
    """One call towards an address; ``where`` is an address with its port, a file, or the words of strace.

    ``by`` are the programs that led to it, from the first to the one that called, as far as that is known.
    """

    by: tuple[str, ...]
    call: str
    family: str
    where: str
    port: int = 0

    @property
    def outside(self) -> bool:
        """Whether it leaves this computer, or tells a server for names what is looked for."""
        if self.family in _LOCAL:
            return any(part in self.where for part in _NAMES)
        return self.port in _NAME_PORTS or not _loops(self.where.rpartition(":")[0])


def missing() -> str:
    """Why nothing can be traced here; ``""`` where it can."""
    return _missing()


@functools.cache
def _missing() -> str:
    if shutil.which("strace") is None:
        return "strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        words = (*traced(Path(folder, "trace")), "true")
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    return "" if done.returncode == 0 else f"no process may be traced here: {done.stderr.strip()[-200:]}"


def traced(file: Path) -> tuple[str, ...]:
    """The words before a command that write its calls, and those of everything it starts, to ``file``."""
    only = f"trace={','.join((*CALLS, *_STARTS))}"
    return ("strace", "-f", "--seccomp-bpf", "-qq", "-e", only, "-e", "signal=none", "-s", "200", "-o", str(file))


def reached(trace: str) -> Iterator[Reached]:
    """Every address in what strace wrote."""
    parents = {int(child): int(pid) for pid, child in _CHILD.findall(trace)}
    programs: dict[int, list[str]] = {}
    for pid, words in _PROGRAM.findall(trace):
        programs.setdefault(int(pid), []).extend(Path(word).name for word in _WORD.findall(words)[:2])
    for line in _CALL.finditer(trace):
        for found in _FAMILY.finditer(line["rest"]):
            by = _by(int(line["pid"]), parents, programs)
            yield _one(by, line["call"], found["family"], found["rest"])


def outside(traces: Sequence[Path]) -> list[Reached]:
    """What of all that was traced is not this computer's own."""
    return [one for file in traces for one in reached(file.read_text(errors="replace")) if one.outside]


def _by(pid: int | None, parents: Mapping[int, int], programs: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    chain: list[str] = []
    while pid is not None:
        chain = [*programs.get(pid, ()), *chain]
        pid = parents.get(pid)
    return tuple(chain)


def _one(by: tuple[str, ...], call: str, family: str, rest: str) -> Reached:
    port, address, path = _PORT.search(rest), _ADDRESS.search(rest), _PATH.search(rest)
    if path:
        return Reached(by, call, family, path[1])
    number = int(port[1]) if port else 0
    return Reached(by, call, family, f"{address[1]}:{number}" if address else rest.strip(", "), number)


def _loops(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback
