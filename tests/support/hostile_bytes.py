"""Bytes that are made to hurt who reads them."""

import resource


def peak() -> int:
    """The most resident memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
