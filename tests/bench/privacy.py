"""How many innocent tokens masking takes away, and what it costs: the demo, and repositories of yours.

``python -m tests.bench privacy [-v] [FOLDER…]``: FOLDER is the work tree of a repository. Nothing in a published
repository is secret, so that all that is masked there counts as innocent. It is masked twice: as it is, and as if each
``.env.example`` of it were an ``.env`` that its developer filled in. Then every pattern is timed on texts made to slow
it down; one that takes more than a second for 200,000 characters fails.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beai.core import demo
from beai.core.files import DiskTree
from beai.core.keyfiles import KeyFiles
from beai.core.project.sources import may_go
from beai.core.suggest.privacy import addresses, armour, masking, never, reading, shapes, values, worth
from beai.core.suggest.privacy.masking import MASK, hide
from beai.core.suggest.privacy.reading import of_file, own_words
from beai.core.suggest.privacy.secret import Secret
from beai.core.tokens import tokens
from tests.bench.regexes import hostile, patterns

_TEXTS = (".ts", ".tsx", ".js", ".mjs", ".cjs", ".md", ".mdc", ".mdx", ".prisma", ".json", ".yml", ".yaml", ".toml")
_HOSTILE = 5_000_000  # characters
_SIZES = (50_000, 100_000, 200_000)
_SLOWEST = 1.0  # seconds for the longest of them
_WHOLE = re.compile(
    r"_(?:NUMBERS|PLACE|LOCAL_URL|SETTING|HEX|PATH|FORWARD|BACKWARD|USER|ASKS|WORDED|NOWHERE|KIND)|_(?:FILES|FOLDERS|VALUES)\b.*"
)
"""Patterns that are held against a whole value or from one place on; all others look through a text."""


@dataclass(slots=True)
class Taken:
    """What masking took away: ``lost`` of ``all`` tokens, and in how many strings of what kind."""

    all: int = 0
    lost: int = 0
    names: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    characters: int = 0

    @property
    def share(self) -> float:
        """Of all tokens."""
        return self.lost / max(self.all, 1)


def main(words: list[str]) -> int:
    """Print the tables; 1 where more than one token of a hundred is lost on the demo, or a pattern is slow."""
    verbose = "-v" in words
    folders = [Path(word) for word in words if word != "-v"]
    print(f"{'repository':28} {'secrets':>8} {'tokens':>11} {'masked':>7} {'lost':>7} {'share':>8} {'ms/100k':>8}")
    with tempfile.TemporaryDirectory() as place:
        shop = Path(place) / "shop"
        shutil.copytree(Path(demo.__path__[0]) / "shop", shop, ignore=shutil.ignore_patterns("node_modules"))
        worst = max(_row(shop, verbose), _row(_lived_in(shop), verbose, "demo with a real .env"))
        for folder in folders:
            _row(folder, verbose)
            _row(folder, verbose, f"{folder.name}, filled in", _filled(folder))
    _hostile()
    return int(worst > 0.01 or _patterns() > _SLOWEST)


def _row(root: Path, verbose: bool, name: str = "", more: Sequence[Secret] = ()) -> float:
    tree = DiskTree(root)
    secrets = (*KeyFiles(root).secrets(tree.paths()), *more)
    taken = Taken()
    for path in tree.paths():
        text = tree.text(path) if path.endswith(_TEXTS) else None
        if text is not None and may_go(path, text) and len(text) < 1_000_000:
            _add(taken, path, text, secrets, verbose)
    speed = taken.seconds * 1000 / max(taken.characters, 1) * 100_000
    count = taken.names.total()
    shown = f"{taken.all:11,} {count:7,} {taken.lost:7,} {taken.share:8.4%} {speed:8.1f}"
    print(f"{(name or root.name)[:28]:28} {len(secrets):8,} {shown}")
    if verbose:
        print("   ", ", ".join(f"{name} {count}" for name, count in taken.names.most_common(12)))
    return taken.share


def _add(taken: Taken, path: str, text: str, secrets: Sequence[Secret], verbose: bool) -> None:
    begun = time.perf_counter()
    hidden, names = hide(text, secrets)
    taken.seconds += time.perf_counter() - begun
    taken.characters += len(text)
    taken.names.update(names)
    before = tokens(text)
    taken.all += before
    if names:
        taken.lost += max(before - tokens(hidden.replace(MASK, "")), 0)
        if verbose:
            print(f"    {path}: {dict(names)}")


def _filled(root: Path) -> tuple[Secret, ...]:
    """The values of each example, as if they were somebody's own."""
    tree = DiskTree(root)
    own = own_words((*tree.paths(), root.name))
    found = (path for path in root.rglob(".env*") if path.is_file() and "node_modules" not in path.parts)
    texts = ((path.with_name(".env").name, path.read_text("utf-8", "replace")) for path in found)
    return tuple(dict.fromkeys(one for name, text in texts for one in of_file(name, text, own)))


def _lived_in(shop: Path) -> Path:
    """The demo as somebody works on it: with the file of values that such a backend has."""
    (shop / ".env").write_text(
        "NODE_ENV=development\nPORT=3000\nDATABASE_URL=postgresql://postgres:postgres@localhost:5432/shop\n"
        "NEXTAUTH_SECRET=q8Jd82hG7sQw92LkMnB4zz\nNEXTAUTH_URL=http://localhost:3000\nSHOP_NAME=shop\nLOG_LEVEL=info\n"
        "WISHLIST_LIMIT=100\nADMIN_PASSWORD=wishlist\nCURRENCY=EUR\nCATEGORY_KEY=category\nAWS_REGION=eu-central-1\n"
        "STRIPE_SECRET_KEY=sk_test_51H8x9qLm2pQrStUvWx\nMAIL_FROM=noreply@shop.example\nCACHE_DRIVER=memory\n"
    )
    return shop


def _hostile() -> None:
    """Seconds for a long text of one thing, which must not grow by more than the text does."""
    held = tuple(Secret(f"K{at}", f"value-{at}-of-many-{at * 7919}", ".env") for at in range(100))
    print(f"\nhostile text with {len(held)} secrets: seconds for {_HOSTILE // 4:,} and for {_HOSTILE:,} characters")
    for piece in ("a", "sk-", "eyJaaaaaaaaaaaaa.", "'a' + ", "\\\n", "\n+", "secret=", "%41", "a://b:c", "value-1-of"):
        times = []
        for size in (_HOSTILE // 4, _HOSTILE):
            begun = time.perf_counter()
            hide(piece * (size // len(piece)), held)
            times.append(time.perf_counter() - begun)
        print(f"  {piece!r:20} {times[0]:6.2f} {times[1]:6.2f}")


def _patterns() -> float:
    """The slowest text for each pattern of masking, in seconds of this process; only those are told that take any."""
    print("\npatterns on repetitions of their own pieces: seconds for", ", ".join(f"{size:,}" for size in _SIZES))
    found = patterns(shapes, worth, reading, values, armour, masking, never, addresses)
    found |= {f"shapes, {name}": re.compile(rf"(?<![A-Za-z0-9_])(?:{row})") for name, row in shapes.SHAPES}
    worst = 0.0
    del found["shapes.KNOWN"]  # its rows are here one by one
    for name, pattern in found.items():
        whole = bool(_WHOLE.fullmatch(name.partition(".")[2]))
        slowest = max(zip(*(_times(pattern, whole, size) for size in _SIZES), strict=True), key=lambda row: row[-1])
        worst = max(worst, slowest[-1])
        if slowest[-1] >= 0.05:
            print(f"  {name:36}", *(f"{seconds:6.2f}" for seconds in slowest))
    print(f"  the slowest of {len(found)}: {worst:.2f}")
    return worst


def _times(pattern: re.Pattern[str], whole: bool, size: int) -> Iterator[float]:
    for text in hostile(pattern, size):
        begun = time.process_time()
        pattern.fullmatch(text) if whole else sum(1 for _ in pattern.finditer(text))
        yield time.process_time() - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
