"""Code is coloured by what it is, also where that began lines before."""

import pytest

from beai.tui.review.lexer import Lexed, words
from tests.core.work import growth


def coloured(source, path="a.ts"):
    """For each line what is coloured, by kind."""
    lines = source.split("\n")
    lexed = Lexed([f"{line}\n" for line in lines], path)
    ending = path[path.rfind(".") :]
    return [
        [(line[start:end], style.removeprefix("$code-")) for start, end, style in words(line, lexed.at(n), ending)]
        for n, line in enumerate(lines)
    ]


def test_words_of_a_line():
    assert coloured('const a = await call("x"); // why') == [
        [("const", "keyword"), ("await", "keyword"), ("call", "call"), ('"x"', "string"), ("// why", "comment")]
    ]


def test_a_template_over_lines_is_a_string_to_its_end_and_its_substitutions_are_code():
    assert coloured("const q = `select\n  ${f({ a: `x` })} from\n  t`; return 1") == [
        [("const", "keyword"), ("`select", "string")],
        [("  ", "string"), ("f", "call"), ("`x`", "string"), (" from", "string")],
        [("  t`", "string"), ("return", "keyword"), ("1", "number")],
    ]


def test_a_comment_over_lines_ends_where_it_ends():
    assert coloured("/* const\n let */ let a\n// `\nlet b") == [
        [("/* const", "comment")],
        [(" let */", "comment"), ("let", "keyword")],
        [("// `", "comment")],
        [("let", "keyword")],
    ]


def test_a_regular_expression_opens_nothing():
    assert coloured("x.replace(/[`'\"/*]/g, y)\nlet a") == [
        [("replace", "call"), ("/[`'\"/*]/g", "string")],
        [("let", "keyword")],
    ]


def test_a_division_is_no_regular_expression():
    assert coloured("a = b / c / d;") == [[]]


def test_prisma_has_words_of_its_own():
    assert coloured("model User {\n  id String @id @default(cuid())\n  /// `name`\n}", "schema.prisma") == [
        [("model", "keyword")],
        [("String", "call"), ("@id", "keyword"), ("@default", "keyword"), ("cuid", "call")],
        [("/// `name`", "comment")],
        [],
    ]


def test_other_files_are_not_coloured():
    assert coloured("const a = `\n`", "notes.md") == [[], []]


@pytest.mark.parametrize("text", ["`${", "/*", "}" * 9, "\\", "`\\", "/" * 40, "'\\", "${`}`", "` ${ ` ${ "])
def test_broken_code_ends(text):
    assert len(coloured("\n".join([text] * 50))) == 50


@pytest.mark.parametrize("piece", ["`${", "/ ", '"', "/*", "a(", "`\\", "{}", "}` ${"])
def test_hostile_lines_are_read_in_proportion(piece):
    def work(size):
        lines = [piece * size for _ in range(4)]
        return lambda: Lexed(lines, "a.ts").at(4)

    assert growth(work, 400) < 6
