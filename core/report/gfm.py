"""Text that no GitHub-flavoured Markdown renderer takes for anything but text; formulas stay formulas."""

import re
from typing import Final

from core.text.plain import plain

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|$^]")
_OPENING: Final = re.compile(r"^(?:([#+=:>-])|(\d{1,9})([.)]))")
"""What at the beginning of a line makes a heading, a list, a quotation, a rule."""
_MATHS: Final = re.compile(r"(?<![\\$\w])\$(?P<tex>[^\s$`](?:[^$`\n]*[^\s$`\\])?)\$(?![\d$])")
_ADDRESS: Final = re.compile(r"(?i)(https?|ftp)(:)(?=//)|(www)(\.)")


def escape(text: str) -> str:
    """
    Make Markdown that shows this text, to stand within a line.

    ``$x^2$`` becomes GitHub's ``$`x^2`$``, a code span to every other renderer: no sign in it means anything.
    """
    line, pieces, end = plain(text), [], 0
    for found in _MATHS.finditer(line):
        pieces += [_escaped(line[end : found.start()]), f"$`{found['tex']}`$"]
        end = found.end()
    return "".join([*pieces, _escaped(line[end:])])


def escape_block(text: str) -> str:
    """Make a line of Markdown that shows this text, to stand at the beginning of a block."""
    return _OPENING.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escape(text))


def _escaped(text: str) -> str:
    return _ADDRESS.sub(_unlinked, _SPECIAL.sub(r"\\\g<0>", text))


def _unlinked(found: re.Match[str]) -> str:
    """Keep an address from becoming a link: it may be anybody's."""
    return f"{found[1] or found[3]}\\{found[2] or found[4]}"


def one_line_html(html: str) -> str:
    """
    Put HTML on one line, so that Markdown's blank line does not end it; in ``pre`` the lines stay lines.

    A reference to a line feed is white space to HTML, and nothing at all to Markdown.
    """
    return html.replace("\r", "").replace("\n", "&#10;")
