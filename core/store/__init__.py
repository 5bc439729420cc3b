"""
Where everything is kept: Redis, or a SQLite file.

Enters and leaves: records, by domain verbs and no other way; every verb of both is held to one contract test.
"""
