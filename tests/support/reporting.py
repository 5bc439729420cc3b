"""
Reports of fictional papers, and the goldens made of them.

``python tests/support/reporting.py`` writes the goldens anew.
"""

import hashlib
import sys
from datetime import UTC, date, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from core.config.settings import AiSummary, Settings
from core.paper import Entry
from core.query.parse import parse_query
from core.render.head import REPORT_VERSION
from core.report.build import Report
from core.report.html import html_report
from core.report.markdown import markdown_report
from core.report.period import day_period, week_period
from core.report.statistics import ReportedCategory, ReportedKeyword
from tests.support.rendering import ordinary

GOLDENS = Path(__file__).parent.parent / "report" / "goldens"

SETTINGS = Settings(
    categories=("cs.LG", "cs.AI"),
    keywords=("kv cache", "R&D", "a|b", "LLM^2"),
    exclude_keywords=("survey",),
    ai_summary=AiSummary(language=("en", "zh")),
)
FEED = "https://feeds.example/rss?keywords=kv%20cache"


def report(papers: list[Entry], *, week: bool = False) -> Report:
    """A report of these papers, with invented statistics."""
    day = date(2026, 1, 14)
    keywords = (ReportedKeyword("kv cache", 9, 30.1, 12.5, True), ReportedKeyword("R&D", 2, 6.7, 9.0))
    return Report(
        period=week_period(day) if week else day_period(day),
        report_query=parse_query([], SETTINGS),
        report_updated=datetime(2026, 1, 14, 11, 30, tzinfo=UTC),
        announced=ReportedCategory("cs.LG,cs.AI", 1200, 50, 7, 0),
        matched=len(papers),
        papers=tuple(papers),
        reported_categories=(
            ReportedCategory("cs.AI", 400, 30, 4, 1),
            ReportedCategory("cs.LG", 800, 20, 3, len(papers)),
        ),
        reported_keywords=keywords if week else (ReportedKeyword("kv cache", 9, 30.1), ReportedKeyword("R&D", 2, 6.7)),
        compared_days=20 if week else 0,
    )


def goldens() -> dict[str, str]:
    """Every golden's name and what it should hold."""
    day, week = report(ordinary()), report(ordinary()[:1], week=True)
    return {
        "report.md": markdown_report(day, SETTINGS, feed_url=FEED),
        "report-week.md": markdown_report(week, SETTINGS),
        "report.html": html_report(day, SETTINGS, feed_url=FEED, papers_url="https://feeds.example/papers/"),
    }


def record() -> str:
    """Which version made the goldens, and their hash."""
    content = "".join(text for _, text in sorted(goldens().items()))
    return f"{REPORT_VERSION} {hashlib.sha256(content.encode()).hexdigest()}\n"


def write_goldens() -> None:
    path = GOLDENS / "version.txt"
    held = path.read_text() if path.exists() else ""
    if held != record() and held.split(" ")[0] == REPORT_VERSION:
        sys.exit("the reports changed: raise REPORT_VERSION in core/render/head.py first")
    for name, text in goldens().items():
        (GOLDENS / name).write_text(text, encoding="utf-8")
    path.write_text(record())


if __name__ == "__main__":
    write_goldens()
