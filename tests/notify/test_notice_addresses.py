"""The addresses that notices go to: secret, several in one variable, each with its limits."""

import pytest

from core.config.environment import read_environment
from core.config.settings import Settings
from core.notify.message import write_notice
from core.notify.send import notify_target_name
from core.query.parse import parse_query
from core.report.build import build_report
from core.report.period import day_period
from core.store.base import Store
from tests.support.matching import batch
from tests.support.notified import SETTINGS
from tests.support.web import TODAY, make_paper, open_web

# Apprise looks for a module that Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def test_no_page_shows_an_address(store: Store):
    """/config tells what a deployment follows, and not whom it tells."""
    web = open_web(store, settings=Settings(categories=("cs.LG",), notify=("json://h/s3cret",)))
    assert "s3cret" not in (await web.get("/config")).text
    await web.client.aclose()


def test_a_message_fits_into_a_chat():
    """Ten papers at most, each shortened, and how many more there are."""
    papers = [make_paper(number, f"Cache {number} " + "long " * 40, abstract="word " * 500) for number in range(1, 21)]
    report = build_report([batch(TODAY, *papers)], parse_query((), SETTINGS), day_period(TODAY))
    html = write_notice(report, report_url="https://feeds.example/report").notice_html
    assert html.count("<li>") == 10
    assert "with 10 more" in html
    assert len(html) < 8000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("json://a, json://b", ("json://a", "json://b")),
        ('"json://a\njson://b json://a"', ("json://a", "json://b")),
        ("mailto://h?to=a@x,b@y,json://c", ("mailto://h?to=a@x,b@y", "json://c")),
        ("", ()),
    ],
)
def test_several_addresses_in_one_variable(written: str, read: tuple[str, ...]):
    """A comma within an address is its own."""
    assert read_environment({"NOTIFY_URLS": written}, Settings().ai_summary).notify_urls == read


def test_a_name_holds_nothing_of_an_address():
    assert notify_target_name("tgram://123:secret/chat", 2) == "target 2 (tgram)"
    assert notify_target_name("secret", 1) == "target 1"
