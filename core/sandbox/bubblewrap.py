"""Bubblewrap makes a root of its own for the tests: what is not put there does not exist, and little can be written."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from beai.core.sandbox import Confined, Level
from beai.core.sandbox.environment import scrubbed
from beai.core.sandbox.guard import INSIDE, guarded
from beai.core.sandbox.limits import DEFAULTS, Limits
from beai.core.sandbox.secrets import is_secret, secrets
from beai.core.sandbox.toolchain import hops, module_folders, narrow, packages, toolchain, worktree

SHIMS, GUARD = Path("/run/beai/bin"), Path("/run/beai/guard.cjs")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_ETC = (
    "alternatives", "ca-certificates", "crypto-policies", "fonts", "group", "hosts", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "os-release", "passwd", "pki/ca-trust", "pki/tls/certs",
    "protocols", "python3", "services", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
_OUTPUTS = (".vite", ".vitest", ".cache")  # of node_modules
_OPEN_FILES = 8192
_COPIES = 16  # versions of Prisma and programs of one that are looked for
_PRISMA = ("prisma/build/index.js", "prisma/build/cli.js")
_UNSHARED = (
    "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "beai",
)  # fmt: skip
# No core dumps, files of the size that is allowed, and as many open ones as tests need; dash and bash count alike here.
_LIMITED = 'ulimit -c 0; ulimit -f "$1"; ulimit -n "$2"; shift 2; exec "$@"'


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The enclosure that ``program`` (bwrap) makes around the tests of the repository at ``root``.

    ``outputs`` are folders of the package that tests may write, besides the usual ones; ``home`` is the person's.
    """

    program: str
    root: Path
    home: Path
    outputs: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    limits: Limits = DEFAULTS
    level: Level = Level.FULL
    reason: str = "bubblewrap holds everything that was tried against it."

    def confine(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Confined:
        """``argv`` in a root of its own, with the network but for its own loopback cut off."""
        wrapped = (
            self.program,
            *_UNSHARED,
            *self._mounts(argv, folder, env),
            *("--chdir", str(folder), "--", "/bin/sh", "-c", _LIMITED, "beai", *self._numbers()),
            *((sys.executable, "-I", "-S", str(Path(__file__).with_name("ports.py"))) if self.ports else ()),
            *argv,
        )
        inside = guarded(scrubbed(env, self.home), SHIMS, GUARD)
        if self.ports:
            inside["BEAI_FORWARDS"] = " ".join(map(str, self.ports))
        return Confined(wrapped, inside, self.ports, self.limits)

    def outdated(self, paths: Sequence[str]) -> bool:
        """Whether a secret came, went or was replaced: only a new root hides the new file."""
        return any(is_secret(PurePosixPath(path).name) for path in paths)

    def _numbers(self) -> tuple[str, str]:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
        return str(self.limits.file // 512), str(files)

    def _mounts(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Iterator[str]:
        scratch = str(self.limits.scratch)
        yield from ("--ro-bind", "/usr", "/usr")
        yield from _system()
        yield from ("--proc", "/proc", "--dev", "/dev")
        for private in ("/dev/shm", "/tmp", "/var/tmp", str(self.home)):
            yield from ("--perms", "1777" if private != str(self.home) else "0700")
            yield from ("--size", scratch, "--tmpfs", private)
        yield from self._readable(argv, folder, env)
        yield from self._writable(folder)
        for secret in secrets(self.root.resolve()):
            yield from _hidden(secret, self.root.resolve())
        yield from _stubs(self.root, folder)
        yield from ("--remount-ro", "/dev", "--remount-ro", "/")

    def _readable(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Iterator[str]:
        """Real folders, without what a kept parent shows already; then the links that lead to them by other names."""
        named = (self.root, *toolchain(argv, env, self.home), *packages(self.root, folder), *worktree(self.root))
        real = {place: place.resolve() for place in dict.fromkeys(named)}
        allowed = [place for place in real if place == self.root or narrow(real[place], self.home)]
        kept: list[Path] = [Path("/usr"), *map(Path, _SYSTEM)]
        for place in sorted({real[place] for place in allowed}, key=lambda place: (len(place.parts), place)):
            if not _within(place, kept):
                kept.append(place)
                yield from ("--ro-bind", str(place), str(place))
        links = dict(hop for place in allowed for hop in hops(place))
        for link, said in links.items():
            if not _within(link, kept):
                yield from ("--symlink", said, str(link))

    def _writable(self, folder: Path) -> Iterator[str]:
        top = self.root.resolve()
        for modules in module_folders(self.root, folder):
            real = modules.resolve()
            for name in (*_OUTPUTS, ".vite-temp"):
                with suppress(OSError):  # somebody else's: then nothing can be written there
                    (real / name).mkdir(exist_ok=True)
                if (real / name).is_dir() and (real / name).resolve() == real / name:
                    shared = real.is_relative_to(top) and name != ".vite-temp"
                    yield from (
                        ("--bind", str(real / name), str(real / name)) if shared else ("--tmpfs", str(real / name))
                    )
        for name in ("coverage", *self.outputs):
            place = Path(os.path.normpath(folder / name))
            if name in self.outputs and place.is_relative_to(self.root) and place != self.root:
                with suppress(OSError):
                    place.mkdir(parents=True, exist_ok=True)
            if place.is_dir() and (real := place.resolve()).is_relative_to(top) and real != top:
                yield from ("--bind", str(real), str(real))


def _within(place: Path, kept: Sequence[Path]) -> bool:
    return any(place.is_relative_to(above) for above in kept)


def _system() -> Iterator[str]:
    for name in _SYSTEM:
        place = Path(name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), name)
        elif place.is_dir():
            yield from ("--ro-bind", name, name)
    for name in _ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _hidden(secret: Path, top: Path) -> Iterator[str]:
    real = secret.resolve()
    if not real.is_relative_to(top):
        return  # a link to what is not there
    if real.is_dir():
        yield from ("--tmpfs", str(real), "--remount-ro", str(real))
    elif real.is_file():
        yield from ("--ro-bind", str(INSIDE / "empty"), str(real))


def _stubs(root: Path, folder: Path) -> Iterator[str]:
    """Prisma's entry is replaced by ours wherever the package is installed, and kept beside it for what is harmless.

    A program in ``.bin`` that does not lead to that entry is replaced as well, the engine that migrates by nothing.
    """
    yield from ("--ro-bind", str(INSIDE / "prisma"), str(SHIMS / "prisma"))
    yield from ("--ro-bind", str(INSIDE / "guard.cjs"), str(GUARD))
    done: set[Path] = set()
    for modules in module_folders(root, folder):
        for place, ours in _replaced(modules):
            entry = place.resolve()
            if entry.is_file() and entry not in done:
                done.add(entry)
                yield from ("--ro-bind", str(entry), f"/run/beai/prisma{entry}")
                yield from ("--ro-bind", str(INSIDE / ours), str(entry))


def _replaced(modules: Path) -> Iterator[tuple[Path, str]]:
    """What below ``modules`` is Prisma's, also in pnpm's store, and which of our files lies over it."""
    stores = sorted(modules.glob(".pnpm/prisma@*/node_modules"))[:_COPIES]
    for folder in (modules, *stores):
        yield from ((folder / name, "prisma.cjs") for name in _PRISMA)
    engines = (*modules.glob("@prisma/engines/schema-engine-*"), *modules.glob("prisma/schema-engine-*"))
    yield from ((engine, "empty") for engine in sorted(engines)[:_COPIES])
    linked = modules / ".bin" / "prisma"
    if linked.is_file() and not linked.is_symlink() and not _leads_to_entry(linked):
        yield linked, "prisma"


def _leads_to_entry(script: Path) -> bool:
    """Whether a script in ``.bin``, as pnpm and yarn write one, starts the entry, which is replaced itself."""
    with suppress(OSError), script.open("rb") as file:
        return b"prisma/build/" in file.read(8192)
    return False
