"""What answers at the addresses of profiles."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from fastapi import Request, Response

from api import profile_edits, profile_feeds, profiles
from api.services import Services
from core.render.formats import FEED_FORMATS

Handler = Callable[[Request, Services], Awaitable[Response]]

HANDLERS: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "/profiles"): profiles.new_profile,
    ("POST", "/profiles"): profiles.create_profile,
    ("POST", "/profiles/preview"): profiles.preview,
    ("GET", "/u/{token}"): profiles.read_profile,
    ("PUT", "/u/{token}"): profiles.replace_profile,
    ("DELETE", "/u/{token}"): profiles.delete_profile,
    ("GET", "/u/{token}/opml"): profile_feeds.opml,
    ("GET", "/u/{token}/vote"): profiles.ask_vote,
    ("POST", "/u/{token}/votes"): profiles.vote,
    ("POST", "/u/{token}/feeds"): profile_edits.save_feed,
    ("POST", "/u/{token}/seeds"): profile_edits.save_seed,
    ("POST", "/u/{token}/zotero"): profile_edits.save_zotero,
    ("POST", "/u/{token}/rotate"): profile_edits.rotate,
    ("POST", "/u/{token}/delete"): profile_edits.delete,
    ("GET", "/u/{token}/export"): profile_edits.export,
    ("POST", "/u/{token}/import"): profile_edits.import_profile,
    **{
        ("GET", f"/u/{{token}}/{part}{form.name}"): partial(
            profile_feeds.answer_profile_feed, form=form, everything=bool(part)
        )
        for form in FEED_FORMATS.values()
        for part in ("", "all/")
    },
}
