"""Items and feeds as arXiv writes them."""

from xml.sax.saxutils import escape

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
  <channel>
    <title>{category} updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/{category}</link>
    <description>{category} updates on the arXiv.org e-print archive.</description>
    <lastBuildDate>Wed, 14 Jan 2026 05:00:12 +0000</lastBuildDate>
    <pubDate>Wed, 14 Jan 2026 00:00:00 -0500</pubDate>
"""
TAIL = "  </channel>\n</rss>\n"


def item(
    identifier: str = "2600.00001v1",
    *,
    title: str = "A Title",
    abstract: str = "An abstract.",
    kind: str = "new",
    categories: tuple[str, ...] = ("cs.LG",),
    creator: str = "Ada Example, Bo Sample",
    more: str = "",
) -> str:
    """One item in arXiv's form."""
    listed = "".join(f"<category>{name}</category>" for name in categories)
    return f"""    <item>
      <title>{escape(title)}</title>
      <link>https://arxiv.org/abs/{identifier.partition("v")[0]}</link>
      <description>arXiv:{identifier} Announce Type: {kind} \nAbstract: {escape(abstract)}</description>
      <guid isPermaLink="false">oai:arXiv.org:{identifier}</guid>
      {listed}
      <pubDate>Wed, 14 Jan 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>{kind}</arxiv:announce_type>
      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
      {more}
      <dc:creator>{escape(creator)}</dc:creator>
    </item>
"""


def feed(*items: str, category: str = "cs.LG") -> bytes:
    return (HEAD.format(category=category) + "".join(items) + TAIL).encode()
