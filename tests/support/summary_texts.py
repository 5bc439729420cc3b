"""Texts of a model, for one paper."""

from core.summaries.prompts import load_prompt

ENGLISH = load_prompt("en", "full_text")
CHINESE_PROMPT = load_prompt("zh", "full_text")
FENCE = "=====PAPER-0123456789ab====="
