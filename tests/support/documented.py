"""What the documents say: commands, addresses, and a copy of the program to try them on."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from core.config.read import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^|\n\n)((?:(?: {4}|      ).*\n)+)")
_INLINE = re.compile(r"`([^`\n]+)`")
_ASSIGNMENTS = re.compile(r"^(?:[A-Z_]+=\S+ )+")
PROGRAMS = ("make", "./paperfeed", "python", ".venv/bin/python", "curl", "openssl", "git", "docker", "sudo", "cd")
INLINE_PROGRAMS = ("./paperfeed ", "python -m ", "python tests/", "openssl")


class Command(NamedTuple):
    """A command as it stands in a document, without its comment and the variables before it."""

    page: str
    line: str

    @property
    def program(self) -> str:
        return self.line.split()[0]


def commands() -> list[Command]:
    """Every command of every document, each once."""
    found: dict[Command, None] = {}
    for page in PAGES:
        for line in _command_lines(page.read_text(encoding="utf-8")):
            text = _ASSIGNMENTS.sub("", re.sub(r"\s+#\s.*$", "", line).strip())
            if text.split(" ")[0] in PROGRAMS:
                found[Command(page.name, text)] = None
    return list(found)


def _command_lines(text: str) -> Iterator[str]:
    for _, language, block in _FENCE.findall(text):
        if language == "sh":
            yield from block.splitlines()
    bare = _FENCE.sub("", text)
    for block in _INDENTED.findall(bare):
        yield from block.splitlines()
    yield from (code for code in _INLINE.findall(bare) if code.startswith(INLINE_PROGRAMS))
