"""Addresses in the environment, as people write them."""

import pytest

from core.config.environment import read_environment
from core.config.settings import AiSummary
from core.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("https://feeds.example/", "https://feeds.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("feeds.example", "https://feeds.example"),
    ],
)
def test_a_base_url_is_a_whole_address(written: str, read: str):
    """Links in a feed need the scheme; a bare host means https."""
    assert read_environment({"BASE_URL": written}, AiSummary()).base_url == read


def test_a_redis_address_of_another_kind_is_refused():
    """Papers would otherwise be kept in a file that is lost; the sentence does not repeat what may be a password."""
    with pytest.raises(ConfigError, match="REDIS_URL: must begin with one of redis://") as caught:
        read_environment({"REDIS_URL": "https://:secret@host"}, AiSummary())
    assert "secret" not in str(caught.value)


def test_variables_of_other_services_are_left_alone():
    """An integration's REST address is none of Redis's."""
    found = read_environment({"KV_URL": "https://rest.example", "LAB_REDIS_URL": "rediss://host"}, AiSummary())
    assert found.store_url == "rediss://host"


@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", " \u201c{}\u201d ", "{}\n"])
def test_quotes_of_an_env_file_are_no_part_of_a_value(quoted: str):
    """Some shells and dashboards keep them, and blanks with them."""
    variables = {"CRON_SECRET": "s3", "REDIS_URL": "redis://host", "OPENAI_API_KEY": "k", "BASE_URL": "feeds.example/"}
    found = read_environment({name: quoted.format(value) for name, value in variables.items()}, AiSummary())
    assert (found.cron_secret, found.store_url, found.llm_key) == ("s3", "redis://host", "k")
    assert found.base_url == "https://feeds.example"


@pytest.mark.parametrize("password", ["p#w", "p/w", "p?w", "p@w"])
def test_a_password_must_be_percent_encoded(password: str):
    """Else another host is asked; the sentence tells how, and does not repeat the password."""
    with pytest.raises(ConfigError, match="REDIS_URL: the password holds a sign that must be") as caught:
        read_environment({"REDIS_URL": f"rediss://default:{password}@host:6379/0"}, AiSummary())
    assert password not in str(caught.value)
    whole = "rediss://default:p%23w@host:6379/0"
    assert read_environment({"REDIS_URL": whole}, AiSummary()).store_url == whole


@pytest.mark.parametrize("name", ["KV_REST_API_URL", "UPSTASH_REDIS_REST_URL"])
def test_a_rest_address_alone_is_not_enough(name: str):
    """On Vercel the papers would be lost; the sentence names the variable to set. At home there is SQLite."""
    variables = {name: "https://rest.example"}
    with pytest.raises(ConfigError, match=f"REDIS_URL: is not set, and {name} alone is not enough"):
        read_environment({**variables, "VERCEL": "1"}, AiSummary())
    assert read_environment(variables, AiSummary()).store_url == ""
    both = {**variables, "VERCEL": "1", "KV_URL": "rediss://host"}
    assert read_environment(both, AiSummary()).store_url == "rediss://host"
