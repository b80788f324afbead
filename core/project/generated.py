"""Folders of generated code that tests import, whether git ignores them or not."""

from __future__ import annotations

import posixpath
import re

from beai.core.project.facts import Tree

_GENERATOR = re.compile(r"^\s*generator\s+\w+\s*\{([^}]{0,2000})\}", re.MULTILINE)
_OUTPUT = re.compile(r"^\s*output\s*=\s*\"([^\"\n]{1,300})\"", re.MULTILINE)
_USUAL = ("generated", "__generated__", ".generated")


def generated_folders(tree: Tree, package: str) -> tuple[str, ...]:
    """The outputs of the Prisma generators, and the usual names of such folders in ``package``; they need not exist.

    A generator without an output writes to ``node_modules/.prisma/client`` (Prisma docs, "Generating Prisma Client").
    """
    found = [posixpath.join(package, base, name) for base in ("", "src") for name in _USUAL]
    schemas = [path for path in tree.paths() if path.endswith(".prisma")]
    for path in schemas:
        for block in _GENERATOR.findall(tree.text(path) or ""):
            if output := _OUTPUT.search(block):
                found.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), output.group(1))))
    if schemas:
        found += [posixpath.join(base, "node_modules/.prisma/client") for base in dict.fromkeys((package, ""))]
    return tuple(dict.fromkeys(path for path in found if not path.startswith((".", "/"))))
