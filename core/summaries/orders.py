"""What an order to a language model looks like: patterns over a text as it is read. A blank is any white space."""

import re
from collections.abc import Iterator
from typing import Final

from core.summaries.pattern_files import summary_patterns

_NAMED_ORDER_WORDS: Final = re.compile(r"([A-Z_]+) = (.+)")
_ORDER_WORDS_NAME: Final = re.compile(r"<([A-Z_]+)>")


def _order_patterns(orders_file: str) -> tuple[re.Pattern[str], ...]:
    """Orders run over lines: a blank in a pattern is any white space. ``<NAME>`` are words that ``NAME = `` named."""
    order_patterns, order_words = [], dict[str, str]()
    for order_line in summary_patterns(orders_file):
        order_regex = _ORDER_WORDS_NAME.sub(lambda words_name: order_words[words_name[1]], order_line)
        if named_words := _NAMED_ORDER_WORDS.fullmatch(order_regex):
            order_words[named_words[1]] = named_words[2]
        else:
            order_regex = order_regex.replace(" ?", r"\s{0,8}").replace(" ", r"\s{1,8}")
            order_patterns.append(re.compile(order_regex, re.IGNORECASE | re.MULTILINE))
    return tuple(order_patterns)


ENGLISH_ORDERS: Final = _order_patterns("orders_english.txt")
"""For a text whose look-alike letters were read as the Latin ones that they look like."""
PLAIN_ORDERS: Final = (*ENGLISH_ORDERS, *_order_patterns("orders.txt"))
"""For a text as it stands."""
CODED_ORDERS: Final = ENGLISH_ORDERS[:5]
"""For a text turned round, or with shifted letters."""
SQUEEZED_ORDER: Final = re.compile(
    r"(?:ignore|disregard|forget)(?:all|any|every)?(?:ofthe|the|your|these|my)?(?:previous|prior|above|earlier|preceding|"
    r"other)?(?:instruction|prompt|direction|command|guideline|rule)|(?:positive|favou?rable|glowing)(?:review|summary|"
    r"rating)|(?:recommend|rate)this(?:paper|work)|(?:end|start|begin|finish)(?:every|each|your|the)(?:summary|review|"
    r"answer)with|(?:visit|click|goto)(?:the|this)?(?:link|site|www|http)",
    re.IGNORECASE,
)
"""For letters that stand alone, put together without a blank between words."""


def order_spans(paper_text: str, order_patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, int]]:
    """Where orders stand in a text, from and to."""
    for order_pattern in order_patterns:
        yield from (order.span() for order in order_pattern.finditer(paper_text))
