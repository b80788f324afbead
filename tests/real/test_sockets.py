"""A socket towards anywhere but this computer is seen, whoever opens it; what is this computer's own is not told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.sockets import missing, outside, reached, traced

NOWHERE = "192.0.2.1"  # RFC 5737: an address of documentation, which nobody has


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'7 connect(3, {{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("{NOWHERE}")}}, 16) = -1', True),
        ('7 connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', False),
        ('7 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0', True),
        (
            '7 sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.1")}, 16) = 1',
            True,
        ),
        (
            "7 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
            'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28 <unfinished ...>',
            True,
        ),
        (
            "7 connect(3, {sa_family=AF_INET6, sin6_port=htons(1), sin6_flowinfo=htonl(0), "
            'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
            False,
        ),
        (
            "7 sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(9), "
            'sin_addr=inet_addr("8.8.8.8")}, msg_namelen=16, msg_iov=[]}, 0) = 1',
            True,
        ),
        ('7 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}, 16) = 0', True),
        ('7 connect(3, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}, 42) = 0', True),
        ('7 connect(3, {sa_family=AF_UNIX, sun_path="/tmp/driver.sock"}, 42) = 0', False),
        ("7 sendto(3, [{nlmsg_len=20}], 20, 0, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 20", False),
        ("7 bind(3, {sa_family=AF_PACKET, sll_protocol=htons(0x3)}, 20) = 0", True),
    ],
)
def test_what_leaves_this_computer_is_told_from_what_does_not(line: str, told: bool) -> None:
    (found,) = reached(line + "\n")

    assert found.outside is told


def test_what_comes_in_is_no_call_of_ours() -> None:
    line = '7 recvfrom(3, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("8.8.8.8")}, [16]) = 1\n'

    assert list(reached(line)) == []


def test_a_socket_that_a_child_of_a_child_opens_is_seen(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    opens = f"import socket; socket.socket(type=socket.SOCK_DGRAM).connect_ex(('{NOWHERE}', 9))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {opens!r}], check=True)"
    trace = tmp_path / "trace"
    subprocess.run((*traced(trace), sys.executable, "-c", child), check=True, timeout=60, capture_output=True)

    (found,) = outside([trace])
    assert (found.call, found.family, found.where) == ("connect", "AF_INET", f"{NOWHERE}:9")
    assert found.by.count(Path(sys.executable).name) == 2
