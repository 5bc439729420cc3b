"""
How ``config.json`` and the environment are read.

Enters: bytes that a person wrote, and a mapping of variables. Leaves: JSON values with what is unknown or retired
named, addresses and secrets in one spelling, a schema for editors; or a ConfigError that says what to write. Pure.
"""
