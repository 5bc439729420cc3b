"""Text that no GitHub-flavoured Markdown renderer takes for anything but text; formulas stay formulas."""

import re
from typing import Final

from core.text.plain import plain

_REPORT_MARKDOWN_SIGN: Final = re.compile(r"[\\`*_\[\]<>&~|$^]")
_REPORT_BLOCK_SIGN: Final = re.compile(r"^(?:([#+=:>-])|(\d{1,9})([.)]))")
"""What at the beginning of a line makes a heading, a list, a quotation, a rule."""
_REPORT_DOLLARS: Final = re.compile(r"(?<![\\$\w])\$(?P<tex>[^\s$`](?:[^$`\n]*[^\s$`\\])?)\$(?![\d$])")
_REPORT_AUTOLINK: Final = re.compile(r"(?i)(https?|ftp)(:)(?=//)|(www)(\.)")


def escape_markdown(report_text: str) -> str:
    """
    Make Markdown that shows this text, to stand within a line.

    ``$x^2$`` becomes GitHub's ``$`x^2`$``, a code span to every other renderer: no sign in it means anything.
    """
    report_line, report_markdown, report_markdown_end = plain(report_text), "", 0
    for report_dollars in _REPORT_DOLLARS.finditer(report_line):
        report_markdown += _escape_markdown_signs(report_line[report_markdown_end : report_dollars.start()])
        report_markdown += f"$`{report_dollars['tex']}`$"
        report_markdown_end = report_dollars.end()
    return report_markdown + _escape_markdown_signs(report_line[report_markdown_end:])


def escape_markdown_block(report_text: str) -> str:
    """Make a line of Markdown that shows this text, to stand at the beginning of a block."""
    return _REPORT_BLOCK_SIGN.sub(_escape_block_sign, escape_markdown(report_text))


def _escape_block_sign(report_sign: re.Match[str]) -> str:
    return f"\\{report_sign[1]}" if report_sign[1] else f"{report_sign[2]}\\{report_sign[3]}"


def _escape_markdown_signs(report_text: str) -> str:
    return _REPORT_AUTOLINK.sub(_break_autolink, _REPORT_MARKDOWN_SIGN.sub(r"\\\g<0>", report_text))


def _break_autolink(report_autolink: re.Match[str]) -> str:
    """Keep an address from becoming a link: it may be anybody's."""
    return f"{report_autolink[1] or report_autolink[3]}\\{report_autolink[2] or report_autolink[4]}"


def one_line_html(report_html: str) -> str:
    """
    Put HTML on one line, so that Markdown's blank line does not end it; in ``pre`` the lines stay lines.

    A reference to a line feed is white space to HTML, and nothing at all to Markdown.
    """
    return report_html.replace("\r", "").replace("\n", "&#10;")
