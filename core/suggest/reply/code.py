"""What stands in a fence becomes the code that was meant, or a complaint: numbers and entities go, gaps are refused."""

from __future__ import annotations

import re
from itertools import pairwise

from beai.core.suggest.pack.excerpt import GAP
from beai.core.suggest.privacy.masking import MASK
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.paths import commented, in_info
from beai.core.suggest.reply.scan import Fence

_COMMENT = r"(?://|/\*|\{/\*|#|<!--)"
_LEFT_OUT = r"\b(?:existing|remaining|rest of|other|previous|unchanged|same as before|keep|omitted)\b"
_THING = (
    r"(?:file|code|routers?|class|functions?|schema|procedures?|tests?|imports?|fields?|models?|methods?|routes?"
    r"|endpoints?)"
)
_STAYS = r"(?: (?:here|unchanged|stays?|remains?|goes?|as before|as is|below|above|the same)\b.{0,30})?[\s.*/)\]}>-]*$"
_REST = (
    r"(?:the )?(?:rest|remainder) of (?:the |this |your )?|(?:your |the |all )?(?:existing|other|previous|remaining) "
)
_ELISIONS = (
    re.compile(rf"{_COMMENT}[*\s]*(?:\.\.\.|…)"),
    re.compile(rf"{_COMMENT}.*{_LEFT_OUT}.*(?:\.\.\.|…)", re.IGNORECASE),
    re.compile(rf"{_COMMENT}[*\s]*[\[(]?\s*(?:{_REST}){_THING}\b{_STAYS}", re.IGNORECASE),
    re.compile(r"(?:\.\.\.|…)[,;]?$"),
)
_LONGEST_REMARK = 160
_NUMBERED = re.compile(r"[ \t]{0,8}(?P<number>\d{1,6})(?P<mark> ?[|│→:]|\t)(?P<code>(?: .*|\S.*)?)")
_BEGINS = re.compile(
    r" {3,}\S|\s?(?:export|const|import|let|var|return|function|async|await|if|for|throw|type|interface|class|enum"
    r"|model|it|describe|expect)\b|\s?(?://|[})\]])"
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#0?39|#x27|#34|#x22|#x2F|#60|#62);", re.IGNORECASE)
_ENTITIES = {
    "lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "#39": "'", "#039": "'", "#x27": "'", "#34": '"',
    "#x22": '"', "#x2f": "/", "#60": "<", "#62": ">",
}  # fmt: skip
_ENCODED_TIMES = 3
_LITERAL = re.compile(
    r"\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])*+'|`(?:\\.|[^`\\])*+`?|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|/(?:\\.|[^/\\\n])++/"
)
_MARKUP = (".md", ".mdx", ".html", ".htm", ".xml", ".svg", ".vue", ".svelte", ".txt", ".patch", ".diff")
_TABLES = (".md", ".mdx", ".txt", ".tsv", ".csv")


def cleaned(fence: Fence, file: str, known: str | None) -> str | Complaint:
    """The code of one fence for ``file``, whose text is ``known`` where it was sent.

    Taken off are a fence inside the fence, a first line that only names the file, copied line numbers, and HTML
    entities where all of it is encoded. Refused is code with something left out, or of another file.
    """
    code = fence.text
    if not file.endswith(_MARKUP):
        code = _without_fence(code)
    if (other := in_info(fence.info)) and not _same(other, file):
        return Complaint(f"the fence is named {other} and its heading {file}", "Name one file in both places.")
    code = decoded(code, file)
    bare = unnumbered(code, file, known)
    if isinstance(bare, Complaint):
        return bare
    first, _, rest = bare.partition("\n")
    if (named := commented(first)) and not (known is not None and first.strip() in known):
        if not _same(named, file):
            return Complaint(
                f"the code's first line names {named} and its heading {file}", "Name one file in both places."
            )
        bare = rest.removeprefix("\n")
    return bare


def elided(code: str, known: str | None, line: int = 0) -> Complaint | None:
    """A remark such as ``// ... existing code``, unless the file has that very line; a mark of ours, in any case.

    ``line`` is the reply's line (1-based) that stands above the code, so that the complaint can name the place.
    """
    if mark := GAP.search(code):
        return Complaint(
            f'it repeats our mark "{mark.group()}"', "That is no line of the file: change a smaller place."
        )
    if MASK in code and MASK not in (known or ""):
        return Complaint(f"it repeats {MASK}, which stands for a hidden key", "Leave that line as it is.")
    for number, each in enumerate(code.split("\n"), line + 1):
        remark = each.strip()
        if len(remark) > _LONGEST_REMARK or not any(pattern.match(remark) for pattern in _ELISIONS):
            continue
        if known is None or remark not in known:
            where = f" (line {number} of the reply)" if line else ""
            return Complaint(f'code was left out at "{remark}"{where}', "Write all of it, or change a smaller place.")
    return None


def unnumbered(code: str, file: str, known: str | None) -> str | Complaint:
    """The code without line numbers that were copied in (``12 | code``, ``12: code``): all lines have them, in order.

    Where keys of an object could be numbers as well, only the file itself can tell; otherwise it is refused.
    """
    if file.endswith(_TABLES):
        return code
    lines = code.removesuffix("\n").split("\n")
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(match["number"]) for match in found if match]
    blank = sum(not line.strip() for line in lines)
    if len(numbers) < 2 or len(numbers) + blank < len(lines):
        return _stray(lines, known) or code
    marks = {match["mark"].strip() for match in found if match}
    steps = {after - before for before, after in pairwise(numbers)}
    if len(marks) != 1 or (steps != {1} and not (blank and min(steps) > 0 and numbers[-1] - numbers[0] < len(lines))):
        return code if ":" in marks or len(marks) != 1 else _gaps(lines[0])
    if known is not None and any(line.strip() and line in known for line in lines):
        return code
    bare = [match["code"] if match else "" for match in found]
    if all(not line or line.startswith(" ") for line in bare):
        bare = [line[1:] for line in bare]
    listed = all(line.rstrip().endswith((",", "{", "[", "(", "}")) for line in bare[:-1] if line.strip())
    if marks == {":"} and listed and not (known and any(len(line.strip()) > 2 and line in known for line in bare)):
        return Complaint(f'its lines begin with numbers, as in "{lines[0].strip()[:60]}"', "Leave line numbers out.")
    return "".join(f"{line}\n" for line in bare)


def decoded(code: str, file: str) -> str:
    """The code without HTML entities where all of it plainly was encoded: outside of strings, and no ``<`` is left.

    Cline and Roo Code describe models that encode a whole file, and files that hold entities on purpose.
    """
    if "&" not in code or "<" in code or ">" in code or file.endswith(_MARKUP):
        return code
    for _ in range(_ENCODED_TIMES):
        entities = _ENTITY.findall(code)
        if code.count("&") != len(entities) or not _ENTITY.search(_LITERAL.sub("", code)):
            break
        code = _ENTITY.sub(_character, code)
    return code


def _character(entity: re.Match[str]) -> str:
    return _ENTITIES[entity.group()[1:-1].lower()]


def _stray(lines: list[str], known: str | None) -> Complaint | None:
    """A line number that was copied into some lines only: what follows it begins like code, and not like a value."""
    for line in lines:
        found = _NUMBERED.fullmatch(line) if line.lstrip()[:1].isdigit() else None
        if found and _BEGINS.match(found["code"]) and not (known is not None and line in known):
            return Complaint(f'a line begins with a number, "{line.strip()[:60]}"', "Leave line numbers out.")
    return None


def _gaps(line: str) -> Complaint:
    return Complaint(
        f'its lines begin with numbers that leave gaps, as in "{line.strip()[:60]}"',
        "Leave line numbers out, and leave no line out.",
    )


def _without_fence(code: str) -> str:
    """The code without a second fence directly inside its fence; source files begin with none."""
    lines = code.strip("\n").split("\n")
    first, last = lines[0].strip(), lines[-1].strip()
    if len(lines) < 2 or not first.startswith(("```", "~~~")) or last.strip(first[0]) or len(last) < 3:
        return code
    return "".join(f"{line}\n" for line in lines[1:-1])


def _same(one: str, other: str) -> bool:
    return one == other or other.endswith(f"/{one}") or one.endswith(f"/{other}")
