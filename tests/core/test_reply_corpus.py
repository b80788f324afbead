"""What models write and what becomes of it: every reply of the corpus ends exactly as the corpus says."""

from __future__ import annotations

import pytest

from tests.core.corpus import Sample, samples

CORPUS = list(samples())


def test_the_corpus_has_at_least_three_hundred_replies_with_names_of_their_own() -> None:
    assert len(CORPUS) >= 300
    assert len({(sample.family, sample.name) for sample in CORPUS}) == len(CORPUS)
    assert len({(sample.purpose, sample.text) for sample in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: f"{sample.family}: {sample.name}")
def test_each_reply_ends_as_the_corpus_says(sample: Sample) -> None:
    assert sample.found() == sample.outcome
