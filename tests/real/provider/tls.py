"""Certificates made on the spot: one that a person trusts by its file, and one that nobody knows."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_MADE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
    *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
)


def certificate(folder: Path, name: str) -> Path:
    """A certificate for 127.0.0.1 in ``folder``; its key stands beside it."""
    file = folder / f"{name}.pem"
    argv = [*_MADE, "-keyout", str(folder / f"{name}.key"), "-out", str(file)]
    subprocess.run(argv, check=True, capture_output=True, timeout=30)
    return file


def serving(file: Path) -> ssl.SSLContext:
    """What a server needs to answer with ``file``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, file.with_suffix(".key"))
    return context
