"""The same papers render to the same bytes: today, tomorrow, in any process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.rendering import GOLDENS, RECORD, digest, goldens, record

TESTS = Path(__file__).parent.parent


WANTED = "if this is wanted, raise RENDERER_VERSION in core/render/head.py and run python tests/support/rendering.py"


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDENS.iterdir() if path != RECORD))
def test_output_is_what_it_was(name: str):
    """
    Readers see a change of the renderer only when somebody meant it.
    """
    assert goldens()[name] == (GOLDENS / name).read_bytes(), WANTED


def test_other_bytes_have_another_version():
    """
    ETags hold the renderer's version, so that nobody keeps what an older renderer wrote.
    """
    assert RECORD.read_text() == record(), (
        "raise RENDERER_VERSION in core/render/head.py, run python tests/support/rendering.py"
    )


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_another_process_writes_the_same(seed: str):
    """
    Two instances behind one address agree, so their ETags may.
    """
    folders = [str(TESTS.parent), str(TESTS / "support")]
    code = f"import sys; sys.path[:0] = {folders}; import rendering; print(rendering.digest())"
    environment = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest() == digest()


def test_a_json_feed_loads_no_xml():
    """
    A cold start for JSON Feed does not pay for lxml and feedgen.
    """
    code = "import sys, core.render.json_feed; print(*({'lxml', 'feedgen', 'dateutil'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TESTS.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
