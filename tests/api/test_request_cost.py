"""What a request costs is counted, and stays within its limits."""

from benchmarks.counts import main


def test_the_counts_stay_within_their_limits(capfd):
    """Warm feeds ask the store at most once, cold ones twice, and nothing is loaded that a feed does not need."""
    assert main() == 0, capfd.readouterr().out
