"""Inside: tries each way out that tests must not have, and prints which of them led out, with what was found there.

Run as ``escapes.py JSON``; nothing is harmed where one succeeds: what is reached for was put there to be found.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Plan = dict[str, Any]
_SURVIVES = 20  # seconds after which a survivor ends by itself


def write(plan: Plan) -> str:
    """Write beside the canary, into the repository, and into the system."""
    for folder in (*plan["folders"], "/usr", "/etc", "/"):
        with suppress(OSError):
            (Path(folder) / plan["word"]).write_text("")
            return f"{folder} could be written"
    return ""


def read(plan: Plan) -> str:
    """Read a file outside the repository."""
    with suppress(OSError):
        Path(plan["canary"]).read_bytes()
        return f"{plan['canary']} could be read"
    return ""


def environment_files(plan: Plan) -> str:
    """Read what environment files of the repository hold."""
    for path in plan["secrets"]:
        with suppress(OSError):
            if plan["word"] in Path(path).read_text():
                return f"{path} could be read"
    return ""


def variables(plan: Plan) -> str:
    """Find a variable of the person's environment."""
    return "the person's variables were there" if plan["word"] in os.environ.values() else ""


def network(plan: Plan) -> str:
    """Reach a port of this computer, or see an interface beside loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", plan["port"]), 2):
        return "a port of this computer could be reached"
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    return f"the network interface {others[0]} was there" if others else ""


def sockets(plan: Plan) -> str:
    """Connect to a Unix socket outside, by path and by abstract name."""
    for address in (plan["socket"], "\0" + plan["word"], "/var/run/docker.sock"):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
            return "a socket of this computer could be reached"
    return ""


def processes(plan: Plan) -> str:
    """See the process that started us, or any other outside."""
    mounted = Path("/proc/self").exists()
    seen = [name for name in os.listdir("/proc") if name.isdigit()] if mounted else []  # noqa: PTH208
    if os.getppid() == plan["parent"] or len(seen) > _SURVIVES:
        return "processes outside could be seen"
    with suppress(OSError):
        os.kill(plan["parent"], 0)
        return "the process outside could be signalled"
    return ""


def privileges(plan: Plan) -> str:
    """Hold a capability, or be able to gain one."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    if int(status.get("CapEff", "1"), 16) != 0:
        return "capabilities were held"
    return "" if status.get("NoNewPrivs") == "1" else "privileges could be gained"


def survivor(plan: Plan) -> str:
    """Leave a process behind that holds a descriptor of the outside; only the outside can tell whether it lives."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.alarm(_SURVIVES)
            os.closerange(0, 3)
            signal.pause()
        os._exit(0)
    os.wait()
    return ""


ESCAPES: dict[str, Callable[[Plan], str]] = {
    "write": write,
    "read": read,
    "environment files": environment_files,
    "variables": variables,
    "network": network,
    "sockets": sockets,
    "processes": processes,
    "privileges": privileges,
    "survivor": survivor,
}


def main() -> None:
    """Try them all; one that breaks counts as one that led out."""
    found: dict[str, str] = {}
    for name, escape in ESCAPES.items():
        try:
            found[name] = escape(json.loads(sys.argv[1]))
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing was shown to hold
            found[name] = f"could not be tried: {error}"
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
