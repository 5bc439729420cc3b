"""Which report this is, apart from the module that writes it: a feed's ETag knows it without loading that."""

from typing import Final

REPORT_VERSION: Final = "2"
"""Part of the ETag of reports and digests: raise it when the same papers report to other bytes; a test watches."""
