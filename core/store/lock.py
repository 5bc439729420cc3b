"""The refresh lock: one refresh at a time over all instances, claimed, renewed, released."""

from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(minutes=2)
"""How long the lock outlives its holder: longer than any one step, renewed before each."""
