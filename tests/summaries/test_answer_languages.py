"""An answer is in the language that was asked for."""

import json
from pathlib import Path

import pytest

from core.language.written_language import in_another_language
from core.summaries.answer import InvalidModelAnswer, read_answer
from core.summaries.prompts import load_prompt
from tests.support.answered import FENCE
from tests.support.llm_actions import ANSWER

SENTENCES: dict[str, str] = json.loads(Path(__file__).with_name("languages.json").read_text("utf-8"))
"""Two bullets in every language that the prompts have a name for: what a model writes when it obeys."""


@pytest.mark.parametrize("wanted", SENTENCES)
def test_a_language_is_known_by_its_small_words(wanted):
    """
    For every language that has a name in the prompts: its own text is taken, English and most others are not.
    """
    assert not in_another_language(SENTENCES[wanted], wanted)
    if wanted != "en":
        assert in_another_language(SENTENCES["en"], wanted)


def test_languages_are_told_apart():
    """
    Of all pairs of languages, all but four are told apart by two bullets; these four are near kin.
    """
    taken = {
        (wanted, given)
        for wanted in SENTENCES
        for given in SENTENCES
        if wanted != given and not in_another_language(SENTENCES[given], wanted)
    }
    assert taken <= {("en", "fi"), ("fr", "it"), ("da", "no"), ("no", "da")}


@pytest.mark.parametrize("language", ["de", "ru", "fr", "uk", "hi", "ja", "zh"])
def test_english_under_foreign_headings_is_refused(language):
    """
    One section in English is enough: it is named, so that the model can mend it.
    """
    prompt = load_prompt(language, "full_text")
    own = SENTENCES[language]
    parts = dict.fromkeys(ANSWER, own) | {"results": SENTENCES["en"]}
    assert read_answer(json.dumps(parts | {"results": own}), prompt, FENCE)
    with pytest.raises(InvalidModelAnswer, match="its results is not written in the language asked for"):
        read_answer(json.dumps(parts), prompt, FENCE)


@pytest.mark.parametrize(
    "text",
    [
        "| model | accuracy |\n|---|---|\n| ours | **81.2** |",
        "$x^2$",
        "81.2 %",
        "- LLaMA-3 8B, Qwen2.5, GPT-4o, WikiText-2, C4",
    ],
)
def test_what_has_no_small_words_is_in_any_language(text):
    """
    A table, a formula, numbers and names are no evidence against a language that is written like them.
    """
    assert not in_another_language(text, "de")


def test_terms_in_english_do_no_harm():
    """
    A German text full of English terms is German.
    """
    text = (
        "Der KV Cache wird mit Post-Training Quantization auf 4 bit reduziert; Group Query Attention und Flash "
        "Attention bleiben unverändert, die Perplexity auf WikiText steigt nur um 0,1."
    )
    assert not in_another_language(text, "de")
    assert in_another_language(text, "en")
