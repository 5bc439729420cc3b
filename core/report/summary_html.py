"""A paper's summary as one piece of safe HTML, for reports."""

from html import escape

from core.paper import Summary
from core.render.body import WHY
from core.text.plain import plain


def summary_label(summary: Summary) -> str:
    """What the folded summary is called: it names the model that wrote it."""
    return f"Summary by {plain(summary.model)}" + (f" ({plain(summary.language)})" if summary.language != "en" else "")


def summary_html(summary: Summary) -> str:
    """Write the sentence, a warning if any, then the sections, whose HTML was made safe when they were.made."""
    summary_parts = [f"<p><strong>{escape(plain(summary.tldr), quote=False)}</strong></p>"] if summary.tldr else []
    if summary.warning:
        summary_parts.append(f"<p><strong>Warning:</strong> {escape(plain(summary.warning), quote=False)}</p>")
    for section_heading, section_html in summary.sections:
        summary_parts.append(f"<h4>{escape(plain(section_heading), quote=False)}</h4>\n{section_html.replace(WHY, '')}")
    return "\n".join(summary_parts)
