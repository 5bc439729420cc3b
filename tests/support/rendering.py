"""
Fictional papers to render, and the goldens made of them.

``python tests/support/rendering.py`` writes the goldens anew, once RENDERER_VERSION was raised.
"""

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec.structs import replace

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from core.calendar import announcement_time
from core.paper import Announcement, AnnounceType, ArxivId, Author, Entry, Matched, Paper, Summary
from core.render.body import body_html
from core.render.head import RENDERER_VERSION, FeedHead
from core.render.json_feed import render_json_feed
from core.render.rss_atom import render_atom, render_rss
from core.text.mathml import mathml_of

GOLDENS = Path(__file__).parent.parent / "goldens"
RECORD = GOLDENS / "renderer.txt"
CONTENTS = ("full", "summary", "abstract", "title")
DAY = date(2026, 1, 14)

HEAD = FeedHead(
    title="Paperfeed: cs.LG · kv cache, R&D",
    description="New arXiv papers in cs.LG about kv cache, R&D.",
    self_url="https://feeds.example/rss?categories=cs.LG&keywords=kv+cache%2CR%26D",
    page_url="https://feeds.example/?categories=cs.LG&keywords=kv+cache%2CR%26D",
    base_url="https://feeds.example",
    updated=announcement_time(DAY),
    feed_ttl_minutes=15,
)


def paper(number: int = 1, **changes: object) -> Paper:
    """A plain paper whose id cannot exist: arXiv has no thirteenth month."""
    usual = Paper(
        arxiv_id=ArxivId(f"2613.{number:05}"),
        version=1,
        announce_type=AnnounceType.NEW,
        announced=DAY,
        title="Teaching Teapots to Cache Their Keys",
        abstract="We store keys in teapots.\nThe tea stays warm when x<y holds & $a < b$.\n\n  A second part pours.",
        authors=(Author("Ada Example", "Institute of Tea, Dept. of Pots"), Author("Bob Sample")),
        categories=("cs.LG", "cs.AI"),
        announcements=(Announcement("cs.LG", AnnounceType.NEW),),
    )
    return replace(usual, **changes)


def entry(of: Paper | None = None, **changes: object) -> Entry:
    shown = of or paper()
    usual = Entry(
        paper=shown,
        day=shown.announced,
        announce_type=shown.announce_type,
        score=2.5,
        matched=(Matched("kv cache", "title"), Matched("kv cache", "abstract"), Matched("R&D", "abstract")),
        published=announcement_time(shown.announced),
        updated=announcement_time(shown.announced),
    )
    return replace(usual, **changes)


def summary(of: Paper, **changes: object) -> Summary:
    usual = Summary(
        arxiv_id=of.arxiv_id,
        version=of.version,
        language="en",
        model="teapot-1-mini",
        prompt="0123abcd",
        created=datetime(2026, 1, 14, 11, 30, 15, 250, tzinfo=UTC),
        tldr="Warm teapots keep keys & values < 2 ms away.",
        sections=(("Contributions", "<p>A <em>warm</em> cache.</p>"), ("Results", "<ul><li>2 ms</li></ul>")),
        source="html",
    )
    return replace(usual, **changes)


def ordinary() -> list[Entry]:
    """One of each kind: summarized, replaced, old-style, accented, bare."""
    summarized = paper(1)
    replaced = paper(
        2,
        version=3,
        announce_type=AnnounceType.REPLACE,
        announced=date(2026, 1, 12),
        doi="10.5555/tea.2613(1) 10.5555/pot",
        journal_ref="J. Imag. Teapots 3 (2026) 14-15",
        comment="12 pages & 3 pots",
    )
    old = paper(3, arxiv_id=ArxivId("tea-th/9913001"), announce_type=AnnounceType.CROSS, categories=("hep-th", "cs.LG"))
    accented = paper(
        4,
        title="On {\\'E}tale Teapots: $\\alpha$-Kettles",
        abstract="Of $\\frac{a}{b} \\le 10^{-3}$ litres, $\\mathcal{O}(n)$ are tea. Code: https://github.com/fictif/pot.",
        authors=(Author("Bj{\\o}rn Fictif"),),
        comment="Accepted at ICML 2026 (oral)",
        license="http://creativecommons.org/licenses/by/4.0/",
    )
    accented = replace(accented, mathml=mathml_of((accented.abstract,)))
    bare = paper(5, title="", abstract="", authors=())
    return [
        entry(summarized, summary=summary(summarized), updated=datetime(2026, 1, 14, 11, 30, 15, tzinfo=UTC)),
        entry(replaced, day=DAY, summary=summary(replaced, version=2, warning="Hidden instructions were found.")),
        entry(old, score=1, matched=(Matched("kv cache", "abstract"),)),
        entry(accented, score=0.333, matched=(Matched("au:fictif", "author"),)),
        entry(bare, score=0, matched=()),
    ]


def hostile() -> list[Entry]:
    """What broke feeds before, and what might."""
    return [entry(shown, matched=(Matched("<i>&", "title"),)) for shown in _hostile_papers()]


def _hostile_papers() -> Iterator[Paper]:
    texts = [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "CDATA ]]> and &amp;amp; and &lt;b&gt; and <![CDATA[",
        "Controls \x00\x01\x0b\x0c\x1f\x7f\x85 and \ufffe\uffff and half \ud83d a pair \udc00",
        "\u202eRight to left\u202c with\u200b zero\ufeff width and \u2066isolates\u2069",
        "Emoji 🚀👨\u200d👩\u200d👧 and 𝒜𝒷 and é and 大規模",
        "</item><item></entry><entry></channel></rss></feed> splits",
        "Half $x^2 < \\alpha and {an open brace with 50% \"off\" & 'more'",
        "[link](javascript:alert(1)) <a href='javascript:alert(1)'>x</a> <a href='/relative'>y</a>",
        "line\u2028separator and\u2029paragraph\r\nand return\rand tab\t.",
        "%s %d {0} {{}} \\",
        "L" + "o" * 5_000 + "ng",
    ]
    for number, text in enumerate(texts, 100):
        fields = {"title": text, "abstract": text, "comment": text, "journal_ref": text, "doi": f"10.1/{text}"}
        yield paper(number, authors=(Author(text, text), Author(text)), **fields)
    yield paper(200, authors=tuple(Author(f"Given{number} Family{number}") for number in range(3000)))
    yield paper(201, abstract="word <b> & " * 4_600)
    yield paper(202, title="", abstract="", authors=(), comment="", doi="")
    yield paper(203, title=" \n\t ", abstract="\n\n \n", authors=(Author(""), Author("\x00", "Nowhere")))


def rendered(entries: list[Entry], content: str = "full", head: FeedHead = HEAD) -> dict[str, bytes]:
    """All three formats of a feed."""
    render = {"rss": render_rss, "atom": render_atom, "json": render_json_feed}
    return {form: write(head, entries, content) for form, write in render.items()}


def goldens() -> dict[str, bytes]:
    """Every golden's name and what it should hold."""
    found = {f"feed.{form}": data for form, data in rendered(ordinary()).items()}
    found |= {f"titles.{form}": data for form, data in rendered(ordinary(), "title").items()}
    sample = replace(HEAD, sample=True, hub="https://hub.example/", papers_url="https://feeds.example/papers/")
    found |= {f"sample.{form}": data for form, data in rendered(ordinary()[:2], head=sample).items()}
    found |= {f"empty.{form}": data for form, data in rendered([]).items()}
    found["bodies.html"] = "\n\n".join(
        f"<!-- {content} -->\n{body_html(shown, content)}" for content in CONTENTS for shown in ordinary()
    ).encode()
    return found


def digest() -> str:
    """One hash over everything that the tests render."""
    everything = goldens() | {f"hostile.{form}": data for form, data in rendered(hostile()).items()}
    return hashlib.sha256(b"".join(data for _, data in sorted(everything.items()))).hexdigest()


def record() -> str:
    """Which renderer made the goldens, and their hash."""
    content = b"".join(data for _, data in sorted(goldens().items()))
    return f"{RENDERER_VERSION} {hashlib.sha256(content).hexdigest()}\n"


def write_goldens() -> None:
    held = RECORD.read_text() if RECORD.exists() else ""
    if held != record() and held.split(" ")[0] == RENDERER_VERSION:
        sys.exit("the output changed: raise RENDERER_VERSION in core/render/head.py first")
    for name, data in goldens().items():
        (GOLDENS / name).write_bytes(data)
    RECORD.write_text(record())


if __name__ == "__main__":
    write_goldens()
