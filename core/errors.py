"""
The exceptions of Paperfeed.

    PaperfeedError
    ├── ConfigError          config.json or the environment is wrong; the message names the key
    ├── BadQuery             a request parameter is wrong; the message names it and what is allowed
    │   └── TooDear          … since what it asks for takes too long to look for
    ├── NotFound             there is no such paper or page
    │   └── Gone             … any more: somebody deleted it
    ├── Forbidden            the secret is missing or wrong
    ├── NotConfigured        the deployment lacks a setting; the message names the variable
    ├── NoPapersYet          the store has never held a batch
    ├── Refused              a form came from another site's page
    ├── TooMany              more than a deployment takes from one place, or in one day
    ├── Busy                 more at once than this process can make
    ├── RefreshRunning       another refresh holds the lock
    ├── ParseError           one item or document from arXiv could not be read
    ├── UpstreamError        arXiv (or the language model) did not answer as it should
    │   ├── Throttled        … and asked to be left alone for a while
    │   ├── Unreachable      … because no connection to it could be made
    │   └── Missing          … because it has no such document (also a NotFound)
    └── StoreError           the store could not be read or written
        ├── Damaged          … because what it holds is damaged, or of another version: a refresh writes it anew
        ├── WrongStorePath   … because something else stands where its file or folder belongs
        └── Unwritable       … because its disk is full, or may only be read
            └── ReadOnlyPath … by this user, until somebody changes that
"""

from typing import Final


class PaperfeedError(Exception):
    """The base of everything Paperfeed raises on purpose; its text may be shown to a person."""


class ConfigError(PaperfeedError):
    """The configuration is wrong; the message names the file and the key."""


class BadQuery(PaperfeedError):
    """A request parameter is wrong."""

    def __init__(self, bad_parameter: str, error_message: str) -> None:
        super().__init__(f"{bad_parameter}: {error_message}")
        self.parameter = bad_parameter


class TooDear(BadQuery):
    """What a parameter asks for would take longer to look for than a search may."""


class NotFound(PaperfeedError):
    """There is no such thing at this address."""


class Gone(NotFound):
    """There was one, and somebody deleted it: for good."""


class Refused(PaperfeedError):
    """A form came from another site's page."""


class TooMany(PaperfeedError):
    """More than a deployment takes from one place, or in one day."""


class Busy(PaperfeedError):
    """More is asked for at once than this process can make: worth another try in some seconds."""


class Forbidden(PaperfeedError):
    """The secret is missing or wrong."""


class NotConfigured(PaperfeedError):
    """The deployment lacks a setting that this needs."""


class NoPapersYet(PaperfeedError):
    """The store has never held a batch: there is nothing to serve yet."""


class RefreshRunning(PaperfeedError):
    """Another refresh holds the lock."""


class ParseError(PaperfeedError):
    """An item or a document from arXiv could not be read."""


class UpstreamError(PaperfeedError):
    """A service we depend on did not answer as it should."""


class Unreachable(UpstreamError):
    """No connection to the service could be made: this machine is offline, or that one is down."""


class Throttled(UpstreamError):
    """The service asked to be left alone."""

    def __init__(self, error_message: str, retry_after: float) -> None:
        super().__init__(error_message)
        self.retry_after = retry_after
        """Seconds to wait before the next request."""


class Missing(UpstreamError, NotFound):
    """The service answered that it has no such document: asking again is no use."""


class StoreError(PaperfeedError):
    """The store could not be read or written; ``public_message`` is for strangers, the text may name paths."""

    public_message: str = "the store could not be read or written; the log of this deployment says why"


UNREADABLE: Final = (ValueError, OverflowError, RecursionError)
"""What decoders raise for bytes from outside: no JSON, other types, no UTF-8, an impossible date, nested too deep."""


class Damaged(StoreError):
    """What the store holds could not be read: damaged, or written by another version. A refresh writes it anew."""


class WrongStorePath(StoreError):
    """Something else stands where the store's file or folder belongs; the message says what to do with it."""


STORE_FULL: Final = "the store is full: what is held is served, and nothing new can be kept until there is room"
STORE_READ_ONLY: Final = "the store may only be read: what is held is served, and nothing new can be kept"


class Unwritable(StoreError):
    """The store takes nothing now, and would tomorrow: its disk is full, or may only be read."""

    def __init__(self, error_message: str, public_message: str) -> None:
        super().__init__(error_message)
        self.public_message = public_message


class ReadOnlyPath(Unwritable):
    """The store's file or folder may only be read by this user; the message says what to make writable."""

    def __init__(self, error_message: str) -> None:
        super().__init__(error_message, STORE_READ_ONLY)
