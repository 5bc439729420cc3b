"""What an address of the front page wants: its buttons pressed, the words being typed counted."""

from msgspec import Struct

from api.pages.asked import Asked, Understood, read_asked, understand
from api.pages.builder import site_lists
from api.pages.edits import apply_edits
from api.ui import Ui
from core.config.settings import Settings


class Wanted(Struct, frozen=True):
    """An address, read: what the chips show, what the result shows, and the query of that."""

    chips: Asked
    result: Asked
    understood: Understood

    @property
    def typing(self) -> bool:
        """Whether something counts for the result that is no chip yet."""
        return self.chips.pieces != self.result.pieces


def read_wanted(pairs: list[tuple[str, str]], settings: Settings, *, typing: bool) -> Wanted:
    """Read an address with the buttons pressed and the words being typed; half a word typed is no error."""
    asked = read_asked(pairs)
    if asked.pieces.get("primary") == ["same"]:
        asked.pieces["primary"] = list(asked.pieces.get("categories") or settings.categories)
    chips, result = apply_edits(asked, site_lists(settings), typing=typing)
    understood = understand(result, settings)
    if typing and understood.errors != (plain_one := understand(chips, settings)).errors:
        return Wanted(chips, chips, plain_one)
    return Wanted(chips, result, understood)


def canonical_address(wanted: Wanted, ui: Ui) -> str:
    """The page's address: its feed's parameters in their one spelling; as it was given where something is wrong."""
    understood = wanted.understood
    if understood.errors or understood.wrong:
        return wanted.result.address()
    text = "&".join(part for part in (understood.query.canonical(), ui.link) if part)
    return f"/?{text}" if text else "/"
