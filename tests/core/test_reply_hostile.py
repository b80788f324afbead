"""What hostile replies cannot do: raise, take long, or leave the repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import Project, Task
from beai.core.suggest.exchange import Ask, ProposeCases, ProposeEdits, Purpose, Request
from beai.core.suggest.reply import parse

CASES = Request(Purpose.CASES, Task("BE-1", "t", "tasks/t.md"), Project("shop"), nonce="k7f3")
_PIECES = """\
```
````ts
~~~
```markdown
### file a.ts
### cases
- [edge] x (criterion: 1)
### replace in a.ts
### upsert procedure a in b of c
### import in a.ts
import {
### test "a" in "b" of c
### mount router a = b from c in d
### question
cites: ;
- =>
### cites
### nothing to do
<<<<<<< SEARCH
=======
>>>>>>> REPLACE
(criterion
<think>
</think>
### end k7f3 edits=0 cases=0
### end k7f3 edits=0 cases=1
### end k7f3 edits=1 cases=0""".splitlines()
_HOSTILE = st.lists(
    st.sampled_from([*_PIECES, "\u202e", "\x1b[2J", "\0", "\ud800", "\r", "# " * 40]) | st.text(max_size=30),
    max_size=25,
).map("\n".join)


class TestHostile:
    @settings(max_examples=400, deadline=None)
    @given(_HOSTILE, st.sampled_from(Purpose))
    def test_no_text_raises_and_every_edit_stays_below_the_root(self, text: str, purpose: Purpose) -> None:
        reply = parse(text, replace(CASES, purpose=purpose))

        if isinstance(reply, Fault):
            assert reply.kind is FaultKind.MODEL
            assert "\x1b" not in reply.summary
        if isinstance(reply, ProposeEdits):
            assert "### end k7f3" in text
            assert not any(edit.file.startswith(("/", "..")) for edit in reply.edits)

    @pytest.mark.parametrize(
        "line",
        [
            "```\n",
            "~~~~~~~~~~",
            "### file a.ts\n",
            "### " + "#" * 400 + "\n",
            "### replace in a.ts\n```\n<<<<<<< SEARCH\n",
            "### question a\n- b => c\n",
            "- [edge] x\n",
            "(criterion",
            "` ",
            "\n",
            '### test "' + '" in "' * 79 + "\n",
            '### test "' + '" in "" of ' * 40 + "\n",
            "### mount router a = b from " + "from " * 80 + "\n",
            "// ... existing " * 9 + "\n",
        ],
        ids=range(14),
    )
    def test_hundreds_of_kilobytes_of_one_thing_is_parsed_to_its_end(self, line: str) -> None:
        """Of a size at which a parser whose time grows with the square would not come back."""
        text = line * (400_000 // len(line))
        for closing in ("", "\n```\n### end k7f3 edits=0 cases=0"):
            assert isinstance(parse(text + closing, CASES), Fault | ProposeCases | ProposeEdits | Ask)
