"""What an order to a language model looks like: patterns over a text as it is read. A blank is any white space."""

import re
from collections.abc import Iterator
from typing import Final

from core.summaries.harmful_patterns import harmful_patterns


def _order_patterns(orders_file: str) -> tuple[re.Pattern[str], ...]:
    """Orders run over lines: a blank in a pattern is any white space."""
    return tuple(
        re.compile(order_pattern.replace(" ?", r"\s{0,8}").replace(" ", r"\s{1,8}"), re.IGNORECASE | re.MULTILINE)
        for order_pattern in harmful_patterns(orders_file)
    )


ENGLISH_ORDERS: Final = _order_patterns("orders_english.txt")
"""For a text whose look-alike letters were read as the Latin ones that they look like."""
PLAIN_ORDERS: Final = (*ENGLISH_ORDERS, *_order_patterns("orders.txt"))
"""For a text as it stands."""
CODED_ORDERS: Final = ENGLISH_ORDERS[:5]
"""For a text turned round, or with shifted letters."""
SQUEEZED_ORDER: Final = re.compile("|".join(harmful_patterns("orders_squeezed.txt")), re.IGNORECASE)
"""For letters that stand alone, put together without a blank between words."""


def order_spans(paper_text: str, order_patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, int]]:
    """Where orders stand in a text, from and to."""
    for order_pattern in order_patterns:
        yield from (order.span() for order in order_pattern.finditer(paper_text))
