"""Inside: listens on each forwarded port, hands the listening sockets out, and becomes the driver.

The sockets belong to the sandbox's network; whoever holds them outside accepts what connects inside. So nothing of the
outside is mounted here, and no process is left behind. Run as ``ports.py COMMAND…`` with two variables: ``BEAI_PORTS``
is the descriptor of a socket to the outside, ``BEAI_FORWARDS`` names the ports.
"""

from __future__ import annotations

import os
import socket
import sys


def hand_out(ports: list[int], channel: socket.socket) -> None:
    """One listening socket per port goes through ``channel``, in order."""
    listening = [socket.create_server(("127.0.0.1", port)) for port in ports]
    socket.send_fds(channel, [b"x"], [listener.fileno() for listener in listening])
    for listener in listening:
        listener.close()


def main() -> None:
    """Hand out, then be replaced by the command."""
    with socket.socket(fileno=int(os.environ.pop("BEAI_PORTS"))) as channel:
        hand_out([int(port) for port in os.environ.pop("BEAI_FORWARDS").split()], channel)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
