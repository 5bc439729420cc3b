"""Addresses in the environment, as people write them."""

import pytest

from core.config import AiSummary, read_environment
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
