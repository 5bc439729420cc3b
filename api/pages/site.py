"""What every page of one request is made with."""

from datetime import date

from msgspec import Struct

from api.ui import Ui
from core.config.settings import Settings


class Site(Struct, frozen=True):
    """This deployment, and the language in which it is looked at."""

    settings: Settings
    base: str  # its address, without a slash at the end
    key: str  # opens the addresses of a locked deployment; "" when it is open
    ui: Ui
    today: date  # in New York
    fetches_at_once: bool = False  # what is asked for: a loop refreshes in this process, and its owner asks

    @property
    def ui_pair(self) -> list[tuple[str, str]]:
        """The parameter that carries a chosen language on."""
        return [("ui", self.ui.lang)] if self.ui.given else []
