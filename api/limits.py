"""How often one instance does something for one caller: more is a 429."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from core.errors import TooMany

_MOST_CALLERS: Final = 10_000


class RateLimit:
    """At most ``most`` times ``within`` for each key; what is forgotten for want of room begins anew."""

    def __init__(self, what: str, most: int, within: timedelta) -> None:
        self._what = what
        self._most = most
        self._within = within
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, key: str, now: datetime) -> None:
        """Count one more. Raises TooMany."""
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and not timedelta(0) <= now - times[0] < self._within:
            times.popleft()
        if len(times) >= self._most:
            seconds = int(self._within.total_seconds())
            raise TooMany(f"{self._what}: at most {self._most} in {seconds} seconds; come back in a while")
        times.append(now)
        if len(self._times) > _MOST_CALLERS:
            self._times.popitem(last=False)


class ProfileLimits:
    """What one instance does for profiles: new ones and previews for all together, the rest for each."""

    def __init__(self) -> None:
        self.creations = RateLimit("new profiles", 20, timedelta(minutes=10))
        self.previews = RateLimit("previews", 60, timedelta(minutes=10))
        self.votes = RateLimit("votes", 60, timedelta(minutes=1))
        self.changes = RateLimit("changes of a profile", 90, timedelta(minutes=1))
