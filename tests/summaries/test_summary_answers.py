"""A model's answer, read and checked."""

import json

import pytest

from core.summaries.answer import InvalidModelAnswer, read_answer
from core.summaries.markdown import answer_line
from tests.support.llm_actions import ANSWER, CHINESE
from tests.support.summary_texts import CHINESE_PROMPT, ENGLISH, FENCE


def answer(**changes: object) -> str:
    return json.dumps(ANSWER | changes)


def test_a_good_answer_is_taken():
    """
    Five strings make a sentence and four sections under the headings of the language.
    """
    draft = read_answer(answer(), ENGLISH, FENCE)
    assert draft.tldr == ANSWER["tldr"]
    assert [heading for heading, _ in draft.sections] == ["Contributions", "Method and setup", "Results", "Conclusions"]
    assert "$\\alpha$" in draft.sections[0][1]


@pytest.mark.parametrize(
    "command", ["alpha", "beta", "frac{1}{2}", "nabla", "rho", "theta", "times", "text{x}", "{x\\}", "uparrow"]
)
def test_tex_survives_json(command):
    """
    A backslash that the model wrote once is TeX all the same, even where JSON would read a tab or a line break.
    """
    single = answer(results="XX").replace("XX", f"It is $\\{command}$ in the end.\\nA second line.")
    double = answer(results="XX").replace(
        "XX", f"It is $\\\\{command.replace(chr(92), chr(92) * 2)}$ in the end.\\nA second line."
    )
    expected = f"<p>It is $\\{command}$ in the end.\nA second line.</p>"
    assert read_answer(double, ENGLISH, FENCE).sections[2][1] == expected
    assert read_answer(single, ENGLISH, FENCE).sections[2][1] == expected


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "Here it is:\n```json\n{}\n```",
        "<think>The paper says {{x}}.</think>\n{}",
        "thoughts without a beginning</think>{}",
        "{}\n\nI hope that helps!",
    ],
)
def test_wrapping_is_forgiven(wrapped):
    """
    Fences, thoughts and pleasantries around the object do no harm.
    """
    text = wrapped.replace("{}", answer()).replace("{{x}}", "{x}")
    assert read_answer(text, ENGLISH, FENCE).tldr == ANSWER["tldr"]


def test_line_breaks_inside_strings_are_forgiven():
    """
    JSON forbids them, models write them.
    """
    assert (
        "<li>b"
        in read_answer(answer(method="XX").replace("XX", "- aaaaaaaaaa\n- bbbbbbbbbb"), ENGLISH, FENCE).sections[1][1]
    )


def test_objects_and_lists_become_points():
    """
    A model that took the parts of a section for an object is understood.
    """
    text = answer(contributions={"Problem": "large caches", "Idea": "smaller ones"}, results=["one result", "another"])
    draft = read_answer(text, ENGLISH, FENCE)
    assert "<strong>Problem</strong>: large caches" in draft.sections[0][1]
    assert "<li>another</li>" in draft.sections[2][1]


@pytest.mark.parametrize("heading", ["# {}", "## {}:", "**{}**", "**{}:**"])
def test_markdown_with_the_headings_is_taken(heading):
    """
    Where a model has no structured output, its headings are the structure.
    """
    names = {
        "tldr": "TL;DR",
        "contributions": "Contributions",
        "method": "Method",
        "results": "RESULTS",
        "conclusions": "Conclusions",
    }
    text = "\n\n".join(f"{heading.format(names[name])}\n\n{part}" for name, part in ANSWER.items())
    assert read_answer(text, ENGLISH, FENCE) == read_answer(answer(), ENGLISH, FENCE)


def test_chinese_headings_are_taken():
    """
    Markdown in Chinese may have the headings in Chinese.
    """
    names = dict(
        zip(("contributions", "method", "results", "conclusions"), CHINESE_PROMPT.summary_headings, strict=True)
    )
    text = f"# TLDR\n{CHINESE['tldr']}\n" + "\n".join(f"# {names[n]}\n{CHINESE[n]}" for n in names)
    assert read_answer(text, CHINESE_PROMPT, FENCE).sections[3][0] == "结论"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("<think>hm</think>", "empty"),
        ("x" * 50_000, "longer"),
        (answer()[:200], "JSON"),
        ("{", "breaks off"),
        ('{"tldr": "one sentence"}', "no contributions and no method"),
        ("I am sorry, I can not do that.", "no tldr"),
        (answer(results="none"), "no results"),
        (answer(results=None), "no results"),
        (answer(tldr=" "), "tldr"),
        (answer(tldr="word " * 300), "one sentence"),
        (answer(results="![](https://x.example/a.png)"), "nothing readable"),
        (json.dumps(CHINESE), "language"),
        (answer(results=f"The paper: {FENCE} and so on"), "repeats"),
        (answer(results=ENGLISH.summary_task), "repeats"),
    ],
)
def test_a_bad_answer_is_named(text, reason):
    """
    What is missing, cut, echoed or in the wrong language is no summary, for a reason that a model understands.
    """
    with pytest.raises(InvalidModelAnswer, match=reason):
        read_answer(text, ENGLISH, FENCE)


def test_english_is_no_chinese():
    """
    A Chinese summary in English is refused.
    """
    with pytest.raises(InvalidModelAnswer, match="language"):
        read_answer(answer(), CHINESE_PROMPT, FENCE)


def test_a_chinese_echo_is_noticed():
    """
    The Chinese instructions are recognised in an answer as well.
    """
    with pytest.raises(InvalidModelAnswer, match="repeats"):
        read_answer(json.dumps(CHINESE | {"results": CHINESE_PROMPT.summary_task}), CHINESE_PROMPT, FENCE)


def test_a_tldr_is_one_plain_line():
    """
    Emphasis, bullets and line breaks are taken off the sentence; formulas stay.
    """
    assert answer_line("- **We** halve\n`it` by $\\alpha_1$.") == "We halve it by $\\alpha_1$."
