"""``doctor`` beside a server that runs: does it have config.json as it is now?"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.command_line import free_port, here, run, serving

__all__ = ["here"]

SECRET = "mailto://user:secret@mail.example"
KEY = "secret-key-of-this-deployment"


def server_checks(here: Path, port: int, **changes: str) -> list[dict[str, str]]:
    """What is said of the server, and that it says no secret."""
    done = run(here, "doctor", "--json", PORT=str(port), **changes)
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return [each for each in json.loads(done.stdout) if each["name"] == "server"]


@pytest.mark.parametrize("access", [{}, {"ACCESS_KEY": KEY}], ids=["open", "locked"])
def test_a_server_with_an_older_configuration_is_noticed(here: Path, access: dict[str, str]):
    """
    It names the keys and says to restart it; with the file as it was all is well again. Of a private one, too.
    """
    config, port = here / "config.json", free_port()
    written = {"categories": ["cs.CL"], "keywords": ["tea"], "notify": [SECRET]}
    config.write_text(json.dumps(written))
    with serving(here, PORT=str(port), **access):
        (check,) = server_checks(here, port, **access)
        assert check["state"] == "ok"
        config.write_text(json.dumps({"notify": [SECRET], "keywords": ["tea"], "categories": ["cs.CL"]}, indent=4))
        assert server_checks(here, port, **access) == [check]  # written otherwise, it says the same
        config.write_text(json.dumps(written | {"keywords": ["coffee"], "ai_summary": {"language": "zh"}}))
        (check,) = server_checks(here, port, **access)
    assert check["state"] == "warning"
    assert check["found"].endswith("was started with another config.json: keywords, ai_summary changed since")
    assert check["advice"] == "restart it: config.json is read at the start"
    assert server_checks(here, port, **access) == []


class OtherProgram(BaseHTTPRequestHandler):
    """Answers anything with what is none of ours."""

    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(params=[b"<p>hello</p>", b"[1]", b"\xff\xfe", b'{"keywords": []}', b"[" * 100_000])
def other_program(request: pytest.FixtureRequest) -> Iterator[int]:
    handler = type("Handler", (OtherProgram,), {"body": request.param})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_another_program_on_the_port_is_none_of_ours(here: Path, other_program: int):
    """
    Whatever it answers, nothing is said of it.
    """
    assert server_checks(here, other_program) == []


class Listening(OtherProgram):
    """Answers with odd settings, slowly where it is told so, and notes what it was asked for."""

    asked: list[str]
    seconds = 0.0
    status = 200

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()
        with suppress(OSError):
            for at in range(0, len(self.body), 100):
                self.wfile.write(self.body[at : at + 100])
                time.sleep(self.seconds)


@contextmanager
def listening(body: bytes, seconds: float = 0.0, status: int = 200) -> Iterator[tuple[int, list[str]]]:
    """Give its port and what it is asked for."""
    asked: list[str] = []
    handler = type("Handler", (Listening,), {"body": body, "asked": asked, "seconds": seconds, "status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.block_on_close = False
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


@pytest.mark.parametrize("status", [200, 401])
def test_no_other_program_is_told_the_key(here: Path, status: int):
    """
    It is asked without it first: only what refuses as a server of ours does gets it.
    """
    with listening(b"{}", status=status) as (port, asked):
        assert server_checks(here, port, ACCESS_KEY=KEY) == []
    assert asked == ["/config.json"]


def test_names_that_are_no_settings_are_not_printed(here: Path):
    """
    However many there are, and whatever stands in them: the terminal shows keys of ours alone.
    """
    odd = {"\x1b[31mred": 1, "\ud800": 2, **{f"odd{number}": 3 for number in range(2_000)}}
    settings = {"categories": ["cs.CL"], "keywords": ["tea"], "days_back": 7}
    with listening(json.dumps(settings | odd).encode()) as (port, _):
        (check,) = server_checks(here, port)
    assert "keywords" in check["found"]
    assert "odd" not in check["found"]
    assert "\x1b" not in check["found"]


def test_a_program_that_answers_slowly_keeps_nobody(here: Path):
    """
    Three seconds are for the whole answer: this one would take minutes.
    """
    with listening(b" " * 20_000, seconds=1.0) as (port, _):
        assert server_checks(here, port) == []
