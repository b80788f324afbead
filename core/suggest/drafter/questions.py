"""The questions that the drafter asks, and what it makes of the answers."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.suggest.exchange import Ask, BeyondMe, Option, Question, Request


@dataclass(frozen=True, slots=True)
class Desk:
    """Who was asked what: every question goes over it, so that none is put twice."""

    request: Request
    cites: tuple[str, ...]

    def settled(self, topic: str, options: tuple[Option, ...]) -> int | str | None:
        """The answer to ``topic``: an option's index, a free text, or None where it was not asked."""
        answer = next((one for one in reversed(self.request.answers) if one.topic == topic), None)
        if answer is None:
            return None
        if 0 <= answer.choice < len(options):
            return answer.choice
        said = answer.text.strip()
        same = [index for index, option in enumerate(options) if option.label.lower() == said.lower()]
        return same[0] if same else said

    def ask(self, topic: str, issue: str, options: tuple[Option, ...], considered: str = "") -> Ask:
        """A guidance card."""
        return Ask(Question(topic, issue, self.cites, considered, options))

    def stuck(self, topic: str, said: str) -> BeyondMe:
        """An answer that cannot be turned into a draft; asking again would be no help."""
        return BeyondMe(f"The answer to “{topic}” was “{said}”; no draft can be made from that.")


def options(*pairs: tuple[str, str]) -> tuple[Option, ...]:
    """Options from label and consequence."""
    return tuple(Option(label, consequence) for label, consequence in pairs)
