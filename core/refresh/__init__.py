"""
One refresh, from arXiv to the store.

Enters: a configuration, a clock, a deadline. Leaves: batches, a ledger, a report.
"""
