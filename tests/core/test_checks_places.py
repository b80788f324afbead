"""A new file is held against those of its kind: where they stand, what they are called, what the project says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.rulebook.checks.subject import Given
from beai.core.rulebook.checks.trees import folders
from tests.core.checking import found

ROUTERS = "src/server/api/routers"
MADE = """import { createTRPCRouter, publicProcedure } from "~/server/api/trpc";
export const %sRouter = createTRPCRouter({ list: publicProcedure.query(() => 1) });
"""


def backend(*names: str, folder: str = ROUTERS) -> dict[str, str]:
    """Routers in files of these names, mounted."""
    words = [name.split("/")[-1].split(".")[0].replace("-", "").removesuffix("router") for name in names]
    head = 'import { createTRPCRouter } from "~/server/api/trpc";\n'
    pairs = list(zip(words, names, strict=True))
    imports = "".join(f'import {{ {word}Router }} from "~/{folder[4:]}/{name}";\n' for word, name in pairs)
    mounted = ", ".join(f"{word}: {word}Router" for word in words)
    files = {f"{folder}/{name}.ts": MADE % word for word, name in pairs}
    return {
        **files,
        "src/server/api/root.ts": f"{head}{imports}export const appRouter = createTRPCRouter({{ {mounted} }});\n",
    }


def said(path: str, text: str, files: dict[str, str], check: str) -> list[str]:
    every = {**files, path: text}
    return [one.message for one in found(every, check, given=Given(new=frozenset({path}))) if one.path == path]


THREE = backend("post", "user", "order")


@pytest.mark.parametrize("path", [f"{ROUTERS}/cart.ts", f"{ROUTERS}/shop/cart.ts"])
def test_a_router_beside_or_below_the_others_stands_right(path: str) -> None:
    assert said(path, MADE % "cart", THREE, "file-misplaced") == []


def test_a_router_where_no_other_is_stands_wrong() -> None:
    (why,) = said("src/lib/cart.ts", MADE % "cart", THREE, "file-misplaced")
    assert f"most in {ROUTERS}/" in why and "none is in src/lib/" in why


def test_two_routers_make_no_habit_and_a_file_that_git_has_stays() -> None:
    assert said("src/lib/cart.ts", MADE % "cart", backend("post", "user"), "file-misplaced") == []
    assert found({**THREE, "src/lib/cart.ts": MADE % "cart"}, "file-misplaced") == ()


def test_routers_in_a_folder_for_each_feature_let_a_new_folder_in() -> None:
    features = backend("post/post", "user/user", "order/order", folder="src/modules")
    assert said("src/modules/cart/cart.ts", MADE % "cart", features, "file-misplaced") == []
    assert said("src/lib/cart.ts", MADE % "cart", features, "file-misplaced") != []


def test_what_mounts_routers_and_other_code_may_stand_elsewhere() -> None:
    root = (
        'import { createTRPCRouter } from "~/server/api/trpc";\nexport const aRouter = createTRPCRouter({ post: p });\n'
    )
    assert said("src/server/admin.ts", root, THREE, "file-misplaced") == []
    assert said("src/lib/cart.ts", "export const cart = 1;\n", THREE, "file-misplaced") == []


def test_a_test_stands_as_the_other_tests_do() -> None:
    tests = {f"{ROUTERS}/__tests__/{name}.test.ts": "" for name in ("post", "user", "order")}
    (why,) = said(f"{ROUTERS}/cart.test.ts", "", tests, "file-misplaced")
    assert "in `__tests__`" in why
    assert said("src/lib/__tests__/cart.test.ts", "", tests, "file-misplaced") == []
    beside = {f"{ROUTERS}/{name}.test.ts": "" for name in ("post", "user", "order")}
    (why,) = said(f"{ROUTERS}/__tests__/cart.test.ts", "", beside, "file-misplaced")
    assert "beside what they test" in why
    assert said(f"{ROUTERS}/__tests__/cart.test.ts", "", {**beside, **tests}, "file-misplaced") == []


def test_a_schema_file_that_prisma_does_not_read_is_flagged() -> None:
    (why,) = said("src/cart.prisma", "model Cart {\n  id Int @id\n}\n", {}, "file-misplaced")
    assert "prisma/schema.prisma alone" in why
    many = {"prisma/schema/main.prisma": 'datasource db {\n  provider = "sqlite"\n}\n', "prisma/schema.prisma": ""}
    assert said("prisma/schema/cart.prisma", "model Cart {\n  id Int @id\n}\n", many, "file-misplaced") == []


TREE = """# Directory structure

```
.
├── prisma/
│   └── schema.prisma
└── src/
    ├── server/
    │   └── api/
    │       └── routers/   # one file per resource
    └── lib/
```
"""


def test_the_projects_own_tree_counts_from_the_first_router_on() -> None:
    rules = {".cursor/rules/directory_structure.mdc": TREE}
    (why,) = said("src/lib/cart.ts", MADE % "cart", {**backend("post"), **rules}, "file-misplaced")
    assert f"below {ROUTERS}/" in why
    assert said(f"{ROUTERS}/cart.ts", MADE % "cart", {**backend("post"), **rules}, "file-misplaced") == []
    stale = {".cursor/rules/directory_structure.mdc": TREE.replace("routers/", "old/routers/")}
    assert said("src/lib/cart.ts", MADE % "cart", {**backend("post"), **stale}, "file-misplaced") == []


def test_a_drawn_tree_is_read_as_paths() -> None:
    assert folders(TREE) == ("prisma", "src", "src/server", "src/server/api", "src/server/api/routers", "src/lib")
    assert folders("```bash\nnpm install\nnpm test\n```\n") == ()


@given(st.text(alphabet=st.sampled_from("├└│─ ab/.#\n`-|"), max_size=300))
def test_no_drawing_is_too_strange(text: str) -> None:
    assert all(folders(text)) or folders(text) == ()


@pytest.mark.parametrize(
    ("siblings", "name", "flagged"),
    [
        (("post", "user", "order"), "cart-router", True),
        (("post", "user", "order"), "cart.router", True),
        (("post", "user", "order"), "cart", False),
        (("post-router", "user-router", "order-router"), "cart", True),
        (("post-router", "user-router", "order-router"), "cart-router", False),
        (("post", "user-router", "order"), "cart-router", False),
        (("post", "user"), "cart-router", False),
    ],
)
def test_a_router_is_named_as_its_siblings_are(siblings: tuple[str, ...], name: str, flagged: bool) -> None:
    files = backend(*siblings)
    assert bool(said(f"{ROUTERS}/{name}.ts", MADE % "cart", files, "file-name")) is flagged


@pytest.mark.parametrize(
    ("siblings", "name", "flagged"),
    [
        (("order-total", "send-mail", "find-user"), "wishList", True),
        (("order-total", "send-mail", "find-user"), "wish-list", False),
        (("order-total", "send-mail", "find-user"), "cart", False),
        (("order-total", "sendMail", "find-user"), "wishList", False),
        (("orderTotal", "sendMail", "findUser"), "wish_list", True),
        (("order-total", "send-mail"), "wishList", False),
    ],
)
def test_words_in_a_name_are_joined_as_the_siblings_join_them(
    siblings: tuple[str, ...], name: str, flagged: bool
) -> None:
    files = {f"src/lib/{sibling}.ts": "" for sibling in siblings}
    assert bool(said(f"src/lib/{name}.ts", "export const a = 1;\n", files, "file-name")) is flagged


def test_the_projects_own_rule_names_a_file_where_siblings_do_not() -> None:
    rule = {".cursor/rules/file_naming.mdc": "Files are named in kebab-case.\nReact component files use PascalCase.\n"}
    assert said("src/lib/wishList.ts", "", rule, "file-name") != []
    assert said("src/lib/wish-list.ts", "", rule, "file-name") == []
    assert said("src/ui/WishList.tsx", "", rule, "file-name") == []
    both = {".cursor/rules/file_naming.mdc": "Files: kebab-case or camelCase.\n"}
    assert said("src/lib/wishList.ts", "", both, "file-name") == []


def test_a_test_ends_as_all_others_do() -> None:
    tests = {f"src/lib/{name}.test.ts": "" for name in ("a", "b", "c")}
    (why,) = said("src/lib/d.spec.ts", "", tests, "file-name")
    assert "All 3 tests end in `.test`" in why
    assert said("src/lib/d.test.ts", "", tests, "file-name") == []
