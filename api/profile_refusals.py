"""A form that could not be taken: it is shown again as it was filled, with the sentence at the field that is wrong."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from api.errors import STATUS
from api.profile_forms import FeedForm, sent_form
from core.errors import BadQuery, Forbidden, PaperfeedError, TooMany

_FIELDS: Final = (*FeedForm.__struct_fields__, "seed", "zotero", "zotero_key", "profile")
_WHOLE_FORM: Final = ("feeds", "was", "body", "content-type")
"""Parameters that stand in no field of a form."""
REFUSALS: Final = (BadQuery, TooMany, Forbidden)
"""What a person can mend in the form, or send again later."""


class Refusal(Struct, frozen=True):
    """Which form of a page was sent, with what in it, and what is wrong in which field ("" for all of it)."""

    form: str
    sent: Mapping[str, str]
    field: str
    error: str
    status: int

    @classmethod
    def of(cls, form: str, sent: Mapping[str, str], error: PaperfeedError) -> "Refusal":
        field = _field_of(error)
        said = str(error)
        if isinstance(error, BadQuery) and field == error.parameter:
            said = said.removeprefix(f"{field}: ")  # its label says so
        return cls(form, sent, field, said, STATUS[type(error)])

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.sent.get(name, "")

    @property
    def feed(self) -> FeedForm:
        """The fields of the feed that was sent."""
        return sent_form(self.sent)


def _field_of(error: Exception) -> str:
    if isinstance(error, Forbidden):
        return "profiles_key"
    if not isinstance(error, BadQuery) or error.parameter in _WHOLE_FORM:
        return ""
    return error.parameter if error.parameter in _FIELDS else "more"
