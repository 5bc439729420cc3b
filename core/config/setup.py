"""What a deployment's configuration lacks, and what happens without it: for /health, /status and ``doctor``."""

from collections.abc import Iterator

from core.config.read import Config

CRON_UNSET = (
    "CRON_SECRET is not set: the daily refreshes are refused, and what is held stays as the first visit brought it. "
    "Set it to a long random word (openssl rand -hex 32) and deploy again."
)
REDIS_URL_UNSET = (
    "No Redis is connected: papers are kept under /tmp and lost with this instance. "
    "Connect one under Storage (Upstash is free) and deploy again."
)
MODEL_KEY_UNSET = (
    "{variable} is not set: feeds have abstracts and no summaries. "
    "Set it to a key for an OpenAI-compatible model, or ai_summary.enabled to false."
)


def setup_warnings(config: Config, *, durable_store: bool) -> tuple[str, ...]:
    """Say what is missing or does nothing, a sentence each; () when everything is set."""
    return tuple(_unset_variables(config, durable_store=durable_store))


def _unset_variables(config: Config, *, durable_store: bool) -> Iterator[str]:
    environment, ai_summary = config.environment, config.settings.ai_summary
    if environment.on_vercel and not environment.cron_secret:  # anywhere else the server refreshes itself
        yield CRON_UNSET
    if not durable_store:
        yield REDIS_URL_UNSET
    if not environment.llm_key and ai_summary.enabled:
        yield MODEL_KEY_UNSET.format(variable=ai_summary.api_key_env)
    yield from config.config_warnings
