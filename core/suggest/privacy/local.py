"""Whether an address is this computer's own, judged by parsing alone: no name is asked of anybody.

``localhost`` is the one name that counts (RFC 6761): any other may lead anywhere, however local it looks. 0.0.0.0 is
no address to send to (RFC 1122, 3.2.1.3). The worker also looks at the address that a connection really has.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from beai.core.fault import Fault, FaultKind

DEFAULTS = {
    "ollama/": "http://127.0.0.1:11434",
    "ollama_chat/": "http://127.0.0.1:11434",
    "lm_studio/": "http://127.0.0.1:1234/v1",
    "llamafile/": "http://127.0.0.1:8080/v1",
    "hosted_vllm/": "http://127.0.0.1:8000/v1",
}
"""Where these servers listen and are asked unless ``base`` says otherwise (their documentation)."""

_CLOUD = re.compile(r":(?:[^:/]*-)?cloud(?=:|$)", re.IGNORECASE)
"""The tag of a model that a server on this computer hands on to its maker (Ollama docs, "Cloud")."""

_STRANGE = re.compile(r"[\s\\\x00-\x1f\x7f]")


def is_local(model: str, base: str = "") -> bool:
    """Whether what is sent to ``model`` at ``base`` stays on this computer."""
    if model.startswith("gguf:"):
        return True
    if _CLOUD.search(model):
        return False
    if base:
        return is_loopback_url(base)
    return model.startswith(tuple(DEFAULTS))


def is_loopback_url(address: str) -> bool:
    """Whether an address of a server leads to this computer and cannot be read in another way."""
    if _STRANGE.search(address):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme in ("unix", "http+unix", "https+unix"):
        return True
    return parts.scheme in ("http", "https") and "@" not in parts.netloc and is_loopback(host or "")


def goes_bare(address: str) -> bool:
    """Whether a key that goes to ``address`` could be read on the way: over plain HTTP, to another computer."""
    return address.lower().startswith("http:") and not is_loopback_url(address)


def is_loopback(host: str) -> bool:
    """Whether a host is this computer: ``localhost``, 127.0.0.0/8 or ::1, also mapped into IPv6."""
    if host.lower() == "localhost":
        return True
    try:
        found = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def elsewhere(name: str) -> Fault:
    """The fault for a model on another computer, where the person wants nothing to leave this one."""
    summary = f"{name} is not on this computer and local_only is set, so nothing was sent."
    return Fault(
        FaultKind.REFUSED, summary, "", "Choose a local model or the drafter: M in the app, or beai model use."
    )
