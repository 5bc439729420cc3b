"""A sentence that says what somebody looks for, and the name under which its ratings are kept."""

import hashlib

from core.config.settings import Settings


def interest_tag(interest_sentence: str) -> str:
    """Name an interest as a private language (BCP 47): its ratings stand beside the summaries in real ones."""
    return f"x-{hashlib.blake2b(' '.join(interest_sentence.split()).encode(), digest_size=4).hexdigest()}"


def rated_interest(settings: Settings) -> str:
    """The tag of the configured interest; "" when no model rates against it."""
    configured_interest = settings.interest.strip()
    return interest_tag(configured_interest) if configured_interest and settings.ai_summary.triage else ""
