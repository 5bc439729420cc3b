"""A paper's summary as one piece of safe HTML to be unfolded, for reports."""

from html import escape

from core.paper import Summary
from core.render.body import WHY_MARK
from core.text.plain import plain


def folded_summary_title(summary: Summary) -> str:
    """What the folded summary is called: it names the model that wrote it."""
    language_text = f" ({plain(summary.language)})" if summary.language != "en" else ""
    return f"Summary by {plain(summary.model)}{language_text}"


def folded_summary_html(summary: Summary) -> str:
    """Write the sentence, a warning if any, then the sections, whose HTML was made safe when they were made."""
    folded_elements = [f"<p><strong>{_escaped_html(summary.tldr)}</strong></p>"] if summary.tldr else []
    if summary.warning:
        folded_elements.append(f"<p><strong>Warning:</strong> {_escaped_html(summary.warning)}</p>")
    for folded_heading, section_html in summary.sections:
        folded_elements.append(f"<h4>{_escaped_html(folded_heading)}</h4>\n{section_html.replace(WHY_MARK, '')}")
    return "\n".join(folded_elements)


def _escaped_html(text: str) -> str:
    return escape(plain(text), quote=False)
