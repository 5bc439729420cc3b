"""Text that no GitHub-flavoured Markdown renderer takes for anything but text; formulas stay formulas."""

import re
from typing import Final

from core.text.plain import plain

_MARKDOWN_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|$^]")
_BLOCK_OPENING: Final = re.compile(r"^(?:([#+=:>-])|(\d{1,9})([.)]))")
"""What at the beginning of a line makes a heading, a list, a quotation, a rule."""
_MATH_SPAN: Final = re.compile(r"(?<![\\$\w])\$(?P<tex>[^\s$`](?:[^$`\n]*[^\s$`\\])?)\$(?![\d$])")
_BARE_ADDRESS: Final = re.compile(r"(?i)(https?|ftp)(:)(?=//)|(www)(\.)")


def escape_markdown(text: str) -> str:
    """
    Make Markdown that shows this text, to stand within a line.

    ``$x^2$`` becomes GitHub's ``$`x^2`$``, a code span to every other renderer: no sign in it means anything.
    """
    plain_line, markdown_pieces, math_end = plain(text), [], 0
    for math_span in _MATH_SPAN.finditer(plain_line):
        markdown_pieces += [_escape_special(plain_line[math_end : math_span.start()]), f"$`{math_span['tex']}`$"]
        math_end = math_span.end()
    return "".join([*markdown_pieces, _escape_special(plain_line[math_end:])])


def escape_markdown_block(text: str) -> str:
    """Make a line of Markdown that shows this text, to stand at the beginning of a block."""
    return _BLOCK_OPENING.sub(
        lambda opening: f"\\{opening[1]}" if opening[1] else f"{opening[2]}\\{opening[3]}", escape_markdown(text)
    )


def _escape_special(text: str) -> str:
    return _BARE_ADDRESS.sub(_break_address, _MARKDOWN_SPECIAL.sub(r"\\\g<0>", text))


def _break_address(address: re.Match[str]) -> str:
    """Keep an address from becoming a link: it may be anybody's."""
    return f"{address[1] or address[3]}\\{address[2] or address[4]}"


def one_line_html(html: str) -> str:
    """
    Put HTML on one line, so that Markdown's blank line does not end it; in ``pre`` the lines stay lines.

    A reference to a line feed is white space to HTML, and nothing at all to Markdown.
    """
    return html.replace("\r", "").replace("\n", "&#10;")
