"""
The command line and the local server.

Enters: arguments. Leaves: lines for people, and an exit code.
"""
