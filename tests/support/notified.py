"""A mailbox and a webhook that are told of papers."""

from core.config.settings import Settings

SETTINGS = Settings(categories=("cs.LG",), keywords=("cache",))
