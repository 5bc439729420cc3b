"""Answers of a model, read."""

FENCE = "=====PAPER-0123456789ab====="
