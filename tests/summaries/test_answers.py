"""Answers as models really write them: every form that is understood, and that none takes long."""

import contextlib
import json
import time

import pytest

from core.summaries.answer import LONGEST_ANSWER, InvalidModelAnswer, read_answer
from core.summaries.answer_forms import without_thoughts
from core.summaries.markdown import answer_html
from core.summaries.prompts import load_prompt
from core.summaries.tex_escapes import double_tex_backslashes
from tests.support.answered import FENCE
from tests.support.llm_actions import ANSWER

ENGLISH = load_prompt("en", "full_text")
GOOD = json.dumps(ANSWER)


def read(text: str):
    return read_answer(text, ENGLISH, FENCE)


EXPECTED = read(GOOD)
NAMES = {"tldr": "TL;DR", "contributions": "Contributions", "method": "Method", "results": "Results",
         "conclusions": "Conclusions"}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        'The set {x_i} is summarized as {"note": "see below"}:\n' + GOOD + '\nI hope this helps. {"more": 1}',
        json.dumps({name.upper(): text for name, text in ANSWER.items()}),
        json.dumps({"TL;DR" if name == "tldr" else name.title(): text for name, text in ANSWER.items()}),
        json.dumps({"summary": ANSWER}),
        json.dumps([ANSWER]),
        json.dumps({"status": "ok", "Summary": {name.title(): text for name, text in ANSWER.items()}}),
        GOOD[:-1] + ",}",
        GOOD[:-1] + ",\n }",
        json.dumps(ANSWER | {"results": ANSWER["results"]}, indent=2),
        "```json\n" + GOOD + "\n```\n",
        GOOD + GOOD,
    ],
)
def test_json_is_read_generously(text):
    """
    Chatter around it, keys of any case, one object inside another, a comma too many: the first whole answer is taken.
    """
    assert read(text) == EXPECTED


@pytest.mark.parametrize(
    "heading",
    ["# {}", "## {}:", "**{}**", "**{}:**", "### {number}. {}", "## 📝 {}", "## **{}**", "**{number}) {}**",
     "#### {} ####", "# {number}. **{}:**"],
)  # fmt: skip
def test_headings_of_any_kind_are_read(heading):
    """
    Levels, numbers, symbols, stars and colons around a heading do not matter.
    """
    lines = [heading.format(NAMES[name], number=number) for number, name in enumerate(ANSWER, 1)]
    parts = [f"{line}\n\n{text}" for line, text in zip(lines, ANSWER.values(), strict=True)]
    assert read("\n\n".join(parts)) == EXPECTED


def test_a_label_before_its_text_is_a_heading():
    """
    ``**TL;DR:** text`` and ``TL;DR: text`` on one line are read; a bold word inside a section is none.
    """
    rest = "\n".join(f"## {NAMES[name]}\n{text}" for name, text in ANSWER.items() if name != "tldr")
    assert read(f"**TL;DR:** {ANSWER['tldr']}\n{rest}") == EXPECTED
    assert read(f"TL;DR: {ANSWER['tldr']}\n{rest}") == EXPECTED
    inner = read(f"**TL;DR:** {ANSWER['tldr']}\n{rest}\n\n**Method**: as said above, once more in bold.")
    assert "once more in bold" in inner.sections[3][1]


@pytest.mark.parametrize("break_", ["\\\\n", "\\n", "\n"])
def test_line_breaks_of_any_kind(break_):
    """
    A break that was written as two characters is a break; TeX that begins the same stays.
    """
    text = GOOD.replace(json.dumps(ANSWER["method"])[1:-1], f"- aaaa aaaa aaaa{break_}- bbbb $\\\\nu \\\\neq 0$ bbbb")
    section = read(text).sections[1][1]
    assert section.count("<li>") == 2
    assert "$\\nu \\neq 0$" in section


COMMANDS = """
alpha beta bmod bar bf binom bot bullet boldsymbol because bigcup breve frac forall flat frown footnotesize
nabla ne neq neg not notin nu nexists ni nmid nearrow newline rho right rightarrow rangle rtimes rm rceil
rVert root rightharpoonup theta times tau text textbf tilde to top tan tanh therefore tfrac triangle triangleq
uparrow upsilon underline sum prod int infty {
""".split()


@pytest.mark.parametrize("command", COMMANDS)
def test_single_backslashes_of_tex_survive(command):
    """
    In JSON, a backslash of TeX that was written once is TeX all the same.
    """
    text = GOOD.replace(json.dumps(ANSWER["results"])[1:-1], f"It is $a \\{command} b$ there.\\nA second line.")
    assert f"$a \\{command} b$ there.\nA second line." in read(text).sections[2][1]


@pytest.mark.parametrize(
    "word", ["We", "no", "and", "text follows", "Results", "i risultati", "number", "- new", "the", "real"]
)
def test_breaks_before_words_stay_breaks(word):
    """
    A line break or a tab before a word is no command, whatever the word.
    """
    found = json.loads(double_tex_backslashes(json.dumps({"a": f"first\n{word}\tThen {word}\rlast"})))
    assert found == {"a": f"first\n{word}\tThen {word}\rlast"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think>b", "b"),
        ("<think>a</think> <thinking>c</thinking>b", "b"),
        ("a</think>b", "b"),
        ("<think>a", ""),
        ('{"tldr": "tags such as </think> end thoughts"}', '{"tldr": "tags such as </think> end thoughts"}'),
        ("<THINK>a</THINK>b", "b"),
    ],
)
def test_thoughts_before_an_answer_are_left_out(text, left):
    """
    Thoughts go, also those without a beginning or an end; a summary that speaks of such tags stays whole.
    """
    assert without_thoughts(text) == left


def repeated(piece: str, length: int = LONGEST_ANSWER) -> str:
    return (piece * (length // len(piece) + 1))[:length]


HOSTILE = {
    "a heading and blanks": "# a" + " " * 30_000 + "b",
    "headings and blanks": repeated("# a" + " " * 300 + "b\n"),
    "stars": repeated("**"),
    "opened formulas": repeated("\\["),
    "opened parentheses": repeated("\\("),
    "dollars": repeated("$$ a "),
    "single dollars": repeated("a $b "),
    "thoughts": repeated("<think>"),
    "ended thoughts": repeated("</think>"),
    "empty thoughts": repeated("<think></think>"),
    "braces": repeated('{"'),
    "nested": repeated('{"a":'),
    "brackets": '{"tldr": ' + repeated("[", 30_000),
    "backslashes": '{"tldr": "' + repeated("\\", 30_000),
    "quotes": '{"tldr": "' + repeated('\\"', 30_000),
    "commas": '{"tldr": "a"' + repeated(", ", 30_000) + "}",
    "doubled breaks": json.dumps(ANSWER | {"method": repeated("\\n", 10_000)}),
    "colons": repeated("a: "),
    "links": json.dumps(ANSWER | {"method": repeated("[", 11_000)}),
    "link ends": json.dumps(ANSWER | {"method": repeated("[a](", 11_000)}),
    "images": json.dumps(ANSWER | {"method": repeated("![", 11_000)}),
    "emphasis": json.dumps(ANSWER | {"method": repeated("*a **a ", 11_000)}),
    "backticks": json.dumps(ANSWER | {"method": repeated("`a``b", 11_000)}),
    "quotes of quotes": json.dumps(ANSWER | {"method": repeated("> ", 11_000)}),
    "lists of lists": json.dumps(ANSWER | {"method": "".join("  " * n + "- a\n" for n in range(100))}),
    "a table": json.dumps(ANSWER | {"method": "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|b\n" * 700}),
    "entities": json.dumps(ANSWER | {"method": repeated("&amp", 11_000)}),
    "autolinks": json.dumps(ANSWER | {"method": repeated("<a@", 11_000)}),
    "a long sentence": json.dumps(ANSWER | {"tldr": repeated("**a__`", 30_000)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_answer_takes_long(name):
    """
    An answer made to be read slowly costs no more than a second, on a machine that is busy.
    """
    begun = time.process_time()
    with contextlib.suppress(InvalidModelAnswer):
        read(HOSTILE[name])
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    "piece", ["# a ", "\\[", "\\( ", "$$", "$a ", "<think>", "[", "`", "*a_", "\\", "> ", '{"', "|"]
)
def test_reading_grows_with_the_length_alone(piece):
    """
    Four times the text takes about four times as long, not sixteen.
    """

    def cost(length: int) -> float:
        text = repeated(piece, length)
        costs = []
        for _ in range(3):
            begun = time.process_time()
            answer_html(text)
            costs.append(time.process_time() - begun)
        return min(costs)

    small, large = cost(2_500), cost(10_000)
    assert large < 10 * small + 0.05, (small, large)
