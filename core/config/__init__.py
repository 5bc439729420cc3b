"""
What is set before the program starts: ``config.json`` and the environment, read in this room alone.

Enters: bytes that a person wrote, and a mapping of variables. Leaves: frozen settings and secrets, with what is unknown
or retired named, the categories that are followed, and a schema for editors; or a ConfigError that says what to write.
"""
