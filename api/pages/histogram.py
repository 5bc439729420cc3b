"""The scores that occur, as bars over the slider of the lowest one. Pure."""

from typing import Final

from msgspec import Struct

MOST_BARS: Final = 200


class Bar(Struct, frozen=True):
    """One bar of the histogram: in hundredths of its width and height."""

    at: float
    width: float
    height: float
    score: float
    count: int


def bars_of(histogram: tuple[tuple[float, int], ...]) -> tuple[float, tuple[Bar, ...]]:
    """Return the highest score, and a bar side by side along the slider for each that occurs; 0 and () for none."""
    if not histogram:
        return 0.0, ()
    top, most = histogram[-1][0], max(count for _, count in histogram)
    width = 100 / (2 * top + 1)  # the slider's steps are halves
    return top, tuple(
        Bar(
            at=round((100 - width) * score / top, 1),
            width=round(width * 0.9, 1),
            height=round(100 * count / most, 1),
            score=score,
            count=count,
        )
        for score, count in histogram[-MOST_BARS:]
    )
