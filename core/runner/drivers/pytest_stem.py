"""A warm process of pytest: it has imported pytest, its plugins and installed packages, and forks one child a run.

Nothing of the repository is imported here, so that each child imports it afresh; the child is what ``pytest`` would be.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

_EMPTY = "[pytest]\n"
_FALLS = "def test_falls():\n    assert [1, 2] == [1, 3]\n"
_THREADED = frozenset({"grpc"})  # what does not survive a fork


def main() -> None:
    """Get warm, then fork for each job; jobs and events are JSON lines on the descriptors in ``BEAI_STEM``."""
    jobs, out = (int(part) for part in os.environ.pop("BEAI_STEM").split(","))
    os.set_inheritable(jobs, False)
    os.set_inheritable(out, False)
    root = Path.cwd()
    try:
        import pytest
    except ImportError as error:
        return _tell(out, {"event": "missing", "message": str(error)})
    _rehearse()
    known = _configured()
    _tell(out, {"event": "warm", "version": pytest.__version__, **known})
    rest = b""
    while True:
        chunk = os.read(jobs, 1 << 20)
        if not chunk:
            return None
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            job = json.loads(line)
            if job["do"] == "import":
                _tell(out, {"event": "imported", "threads": _import(job["modules"], root)})
            else:
                _fork(job, out, jobs)


def _fork(job: dict[str, Any], out: int, jobs: int) -> None:
    gc.collect()
    gc.freeze()
    child = os.fork()
    if child == 0:
        os.close(jobs)
        code = 70
        try:
            code = _child(job, out)
        finally:
            _exit(code)
    _tell(out, {"event": "forked", "pid": child})
    _, status = os.waitpid(child, 0)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    _tell(out, {"event": "ended", "code": code})


def _child(job: dict[str, Any], out: int) -> int:
    import pytest

    from .pytest_events import Events

    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    sys.pycache_prefix = job["cache"]
    sys.path.append(str(Path.cwd()))  # as `python -m pytest` has it, but last
    sys.argv = ["pytest", *job["files"]]
    own = os.getpid()

    def tell(event: dict[str, Any]) -> None:
        if os.getpid() == own:  # a test that forks tells nothing
            _tell(out, event)

    with tempfile.TemporaryDirectory(prefix="beai-") as folder:
        arguments = [*job["arguments"], "-o", f"cache_dir={folder}/cache", *job["files"]]
        code = int(pytest.main(arguments, plugins=[Events(tell, job["name"])]))
    tell({"event": "end", "code": code})
    return code


def _exit(code: int) -> None:
    """End without waiting for what tests left running, but let exit handlers do their work."""
    import atexit

    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _rehearse() -> None:
    """Let pytest load what it only loads when a test falls."""
    import pytest

    kept = {name: os.environ.get(name) for name in ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_ADDOPTS")}
    path = list(sys.path)
    modules = set(sys.modules)
    with tempfile.TemporaryDirectory(prefix="beai-") as folder, _silent():
        ini, test = Path(folder, "pytest.ini"), Path(folder, "test_beai_rehearsal.py")
        ini.write_text(_EMPTY)
        test.write_text(_FALLS)
        os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS="")
        with contextlib.suppress(BaseException):
            arguments = ["-q", "-c", str(ini), "--rootdir", folder, "--noconftest", "-p", "no:cacheprovider", str(test)]
            pytest.main([*arguments, "--color=no"])
    for name, value in kept.items():
        os.environ.pop(name, None)
        os.environ.update({} if value is None else {name: value})
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name == "test_beai_rehearsal":
            del sys.modules[name]


def _configured() -> dict[str, Any]:
    """Load the plugins that are installed, and read the configuration; no conftest file is loaded."""
    from _pytest.config import _prepareconfig

    known: dict[str, Any] = {
        "python_files": ["test_*.py", "*_test.py"],
        "testpaths": [],
        "pythonpath": [],
        "plugins": [],
    }
    with _silent(), contextlib.suppress(BaseException):
        config = _prepareconfig(["--noconftest", "-o", "addopts=", "-p", "no:cacheprovider"])
        for name in ("python_files", "testpaths", "pythonpath"):
            with contextlib.suppress(BaseException):
                known[name] = [str(one) for one in config.getini(name)]
        known["plugins"] = [name for name in ("xdist", "pytest_cov", "_cov") if config.pluginmanager.hasplugin(name)]
        config._ensure_unconfigure()
    return known


def _import(modules: list[str], root: Path) -> bool:
    """Import what is installed of ``modules``; gives whether a thread was started, which no fork would have."""
    for name in modules:
        if name.partition(".")[0] in _THREADED:
            continue
        with _silent(), contextlib.suppress(BaseException):
            if _installed(name, root):
                importlib.import_module(name)
    return threading.active_count() > 1


def _installed(name: str, root: Path) -> bool:
    """Whether ``name`` is a module from outside the repository."""
    if name in sys.modules:
        return False
    above = name.rpartition(".")[0]
    if above and not _found(above, root):
        return False
    return _found(name, root)


def _found(name: str, root: Path) -> bool:
    spec = importlib.util.find_spec(name)
    origin = spec.origin if spec is not None else None
    if origin in (None, "frozen"):
        return False
    inside = str(origin).startswith(f"{root}{os.sep}")
    return not inside or "site-packages" in str(origin)


@contextlib.contextmanager
def _silent() -> Any:
    """Nothing is printed meanwhile."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        for at, descriptor in enumerate((*kept, nothing)):
            if at < 2:
                os.dup2(descriptor, at + 1)
            os.close(descriptor)


def _tell(out: int, event: dict[str, Any]) -> None:
    data = memoryview(b"\n" + json.dumps(event).encode("utf-8", "replace") + b"\n")
    while data:
        data = data[os.write(out, data) :]
