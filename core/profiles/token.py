"""The secret in a profile's address. It is given to the person once and stored nowhere: the store knows its hash."""

import hashlib
import re
import secrets
from typing import Final

_PROFILE_TOKEN_BYTES: Final = 24
"""192 bits: 32 characters."""
_PROFILE_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_PROFILE_NAME_BYTES: Final = 20


def new_profile_token() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(_PROFILE_TOKEN_BYTES)


def profile_name_of(profile_token: str) -> str:
    """
    The name under which the profile of a token is kept; "" for what cannot be one.

    A hash is looked up, so how long the look-up takes tells nothing of any other token.
    """
    if not _PROFILE_TOKEN.fullmatch(profile_token):
        return ""
    profile_hash = hashlib.blake2b(profile_token.encode(), digest_size=_PROFILE_NAME_BYTES, person=b"profile")
    return profile_hash.hexdigest()
