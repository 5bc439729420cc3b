"""The keys of ``config.json``: what a deployment follows, the defaults of its feeds, what may stand in each."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

MAX_LIMIT: Final = 500
"""The most entries a feed may have."""

Weight = Annotated[float, Meta(ge=0, le=100)]
Price = Annotated[float, Meta(ge=0, le=100_000, description="In any currency; 0 for both: no cost is stated.")]


class AiSummary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language model's part of ``config.json``."""

    enabled: Annotated[bool | Literal["auto"], Meta(description="Summarize; auto: when there is a key.")] = "auto"
    api_key_env: Annotated[str, Meta(description="The variable that holds the key.")] = "OPENAI_API_KEY"
    base_url: Annotated[str, Meta(description="The address of another OpenAI-compatible API.")] = ""
    model: Annotated[str, Meta(description="The model's name, as its provider spells it.")] = "gpt-4o-mini"
    prompt_file: Annotated[str, Meta(description="A prompt of your own, beside config.json.")] = ""
    max_papers_to_summarize: Annotated[int, Meta(ge=0, le=200, description="The most papers of a day.")] = 15
    max_workers: Annotated[int, Meta(ge=1, le=32, description="How many papers are summarized at once.")] = 8
    language: Annotated[str | tuple[str, ...], Meta(description="Such as en; a list: the first is the default.")] = "en"
    input: Annotated[Literal["full_text", "abstract", "file"], Meta(description="What the model reads.")] = "full_text"
    daily_token_budget: Annotated[
        int, Meta(ge=0, le=1_000_000_000, description="The most tokens a day, question and answer together.")
    ] = 500_000
    temperature: Annotated[float, Meta(ge=0, le=2, description="How freely the model writes.")] = 0.2
    timeout_seconds: Annotated[float, Meta(ge=1, le=280, description="How long one answer may take.")] = 120.0
    max_input_tokens: Annotated[int, Meta(ge=500, le=2_000_000, description="A longer paper is cut, by sections.")] = (
        24_000
    )
    triage: Annotated[str, Meta(description="A cheap model that rates papers against interest; empty: none.")] = ""
    price_per_million_input: Price = 0.0
    price_per_million_output: Price = 0.0

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to summarize in, the default one of feeds first."""
        config_languages = (self.language,) if isinstance(self.language, str) else self.language
        return tuple(dict.fromkeys(config_languages))

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """The price of so many tokens in the configured currency; None when no price is configured."""
        config_input_price, config_output_price = self.price_per_million_input, self.price_per_million_output
        if not config_input_price and not config_output_price:
            return None
        return round((prompt_tokens * config_input_price + completion_tokens * config_output_price) / 1_000_000, 4)


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What makes a paper's score. The defaults are the old bot's arithmetic: 1 per term, 0.5 more in the title.

    A term counts ``title`` when it stands in the title, else ``abstract``, times its own weight. The other weights are
    added once: ``author`` for each followed author, ``primary`` when the primary category is among those asked for,
    ``recency`` times the part of the feed's days that lies between the paper's first announcement and its end.
    """

    title: Annotated[Weight, Meta(description="For a term in the title.")] = 1.5
    abstract: Annotated[Weight, Meta(description="For a term in the abstract alone.")] = 1.0
    author: Annotated[Weight, Meta(description="For each followed author.")] = 10.0
    primary: Annotated[Weight, Meta(description="When the primary category is among those asked for.")] = 0.0
    recency: Annotated[Weight, Meta(description="For the newest day, less for older ones.")] = 0.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``config.json``: what a deployment follows and the defaults of its feeds."""

    categories: Annotated[tuple[str, ...], Meta(description="Fetched each day, and the default of feeds.")] = (
        "cs.AI",
        "cs.CL",
        "cs.LG",
    )
    keywords: Annotated[
        tuple[str, ...], Meta(description="Terms, each a string of its own; a paper is in when one matches.")
    ] = ()
    exclude_keywords: Annotated[
        tuple[str, ...], Meta(description="Terms, each a string of its own; a paper is out when one matches.")
    ] = ()
    authors: Annotated[tuple[str, ...], Meta(description="Names; their papers are in whatever the keywords say.")] = ()
    types: Annotated[
        tuple[Literal["new", "cross", "replace"], ...], Meta(min_length=1, description="Which announcements are in.")
    ] = ("new", "cross")
    interest: Annotated[
        str, Meta(max_length=500, description="What you look for, in a sentence: ai_summary.triage rates against it.")
    ] = ""
    max_papers: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="The most entries of a day.")] = 30
    min_score: Annotated[float, Meta(ge=0, le=1000, description="The lowest score that is in.")] = 0.0
    days_back: Annotated[int, Meta(ge=1, le=90, description="How many days a feed goes back.")] = 7
    retention_days: Annotated[int, Meta(ge=1, le=90, description="How many days papers are kept.")] = 35
    profiles: Annotated[
        Literal["open", "key", "off"], Meta(description="Who may save a feed: anybody, who has PROFILES_KEY, nobody.")
    ] = "open"
    profiles_expire_days: Annotated[
        int, Meta(ge=40, le=3650, description="A profile that nobody looked at for so long is deleted.")
    ] = 180
    profiles_most: Annotated[int, Meta(ge=1, le=100_000, description="The most profiles kept at once.")] = 1000
    scoring: Annotated[Scoring, Meta(description="What makes a paper's score.")] = Scoring()
    ai_summary: Annotated[AiSummary, Meta(description="The language model.")] = AiSummary()
    notify: Annotated[tuple[str, ...], Meta(description="Apprise addresses that the day's best are sent to.")] = ()
