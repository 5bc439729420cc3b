"""The first sentences of an abstract."""

import pytest

from core.text.sentences import first_sentences

CASES = [
    ("One here. Two there. Three.", "One here. Two there."),
    ("We follow Smith et al. (2020) closely. It works, e.g. Fig. 2 shows it. More.",
     "We follow Smith et al. (2020) closely. It works, e.g. Fig. 2 shows it."),
    ("A gain of 3.5 dB! Is it new? Yes.", "A gain of 3.5 dB! Is it new?"),
    ("J. R. Doe was right. We prove it.", "J. R. Doe was right. We prove it."),
    ("No full stop at all", "No full stop at all"),
    ('See https://example.org. "Quoted" follows. Third.', 'See https://example.org. "Quoted" follows.'),
    ("很好。也不错。还有。", "很好。也不错。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "first"), CASES)
def test_two_sentences_are_whole(text: str, first: str):
    """Shortened words, initials, numbers and addresses do not end a sentence."""
    assert first_sentences(text, 2, 450) == first


def test_what_does_not_fit_is_left_out_whole():
    """A sentence is not cut; where not even the first fits, there is none."""
    assert first_sentences("Short. Very " + "long " * 100 + ".", 2, 100) == "Short."
    assert not first_sentences("long " * 100 + ". Short.", 2, 100)
