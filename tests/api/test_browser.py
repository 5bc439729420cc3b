"""The pages in a real browser: what they are made of, what it complains about, and whether they can be read."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.listening import BATCHES, listening, save

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (apt install chromium)")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr --v=0"
).split()
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: of text to what is behind it."""
STYLE = Path(__file__).parent.parent.parent / "public" / "style.css"


@pytest.fixture
async def base(tmp_path: Path) -> Iterator[str]:
    await save(tmp_path, BATCHES)
    with listening(tmp_path) as address:
        yield address


def browse(profile: Path, address: str, *options: str) -> tuple[str, str]:
    """Open a page; return its document as the browser sees it, and what the browser said of it."""
    done = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={profile}", *options, "--dump-dom", address],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.parametrize("path", ["/", "/papers/2600.00001", "/status"])
def test_a_page_has_what_browsers_and_screen_readers_need(base: str, path: str, tmp_path: Path):
    """A language, a viewport, a title, one main heading, landmarks; labels on all fields; nothing in the console."""
    document, console = browse(tmp_path / "profile", base + path)
    assert console == ""
    assert '<html lang="en">' in document
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in document
    assert re.search(r"<title>[^<]+</title>", document)
    assert document.count("<h1") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", document)]
    assert all(later <= earlier + 1 for earlier, later in zip([0, *levels], levels, strict=False))
    assert document.count("<main>") == document.count("<nav") == document.count("<footer>") == 1
    assert document.count("<label>") == document.count("<input")
    assert "<script" not in document
    assert "style=" not in document


def test_the_front_page_leads_readers_to_the_feeds(base: str, tmp_path: Path):
    """Autodiscovery finds the three formats of just this feed; a paper's text is text."""
    document, _ = browse(tmp_path / "profile", f"{base}/?keywords=kettle")
    for kind in ("application/rss+xml", "application/atom+xml", "application/feed+json"):
        assert re.search(rf'<link rel="alternate" type="{re.escape(kind)}" [^>]*keywords=kettle', document)
    assert "&amp; &lt;b&gt;<mark>Kettles</mark>&lt;/b&gt;" in document


def test_the_dark_theme_is_another_picture(base: str, tmp_path: Path):
    """The style applies under the page's own policy: two themes give two pictures of the page."""
    pictures = []
    for theme in ((), ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")):
        picture = tmp_path / f"{len(pictures)}.png"
        browse(tmp_path / "profile", base + "/", "--window-size=390,844", f"--screenshot={picture}", *theme)
        pictures.append(picture.read_bytes())
    assert pictures[0] != pictures[1]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1])
def test_both_themes_are_readable(theme: int):
    """Every colour of text stands out enough from every ground it is written on."""
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", re.findall(r":root \{[^}]*\}", STYLE.read_text())[theme]))
    pairs = [(ink, ground) for ink in ("ink", "quiet", "accent") for ground in ("paper", "field")]
    for ink, ground in [*pairs, ("ink", "mark"), ("paper", "accent")]:
        light, dark = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (ink, ground)
