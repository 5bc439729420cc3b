"""``python -m core``, which ``./paperfeed`` starts."""

from core.cli import commands, doctor, import_feeds, notify, profiles, reading
from core.cli.app import cli

COMMANDS = (
    commands,
    doctor,
    reading,
    import_feeds,
    notify,
    profiles,
)  # importing them gives the command line its commands

cli(prog_name="paperfeed")
