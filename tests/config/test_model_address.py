"""The address of a model's service, as people paste it."""

import pytest

from core.config.environment import read_environment
from core.config.settings import AiSummary
from core.errors import ConfigError


def address(given: str, configured: str = "") -> str:
    return read_environment({"OPENAI_BASE_URL": given}, AiSummary(base_url=configured)).llm_base_url


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://api.deepseek.com", "https://api.deepseek.com"),
        ("https://api.deepseek.com/", "https://api.deepseek.com"),
        ('"https://api.deepseek.com/v1"', "https://api.deepseek.com/v1"),
        ("  'https://api.deepseek.com/v1/' ", "https://api.deepseek.com/v1"),
        ("https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api/v1/chat/completions/", "https://openrouter.ai/api/v1"),
        ("api.groq.com/openai/v1", "https://api.groq.com/openai/v1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("192.168.1.7:1234/v1", "http://192.168.1.7:1234/v1"),
        ("http://[::1]:8001/v1", "http://[::1]:8001/v1"),
        ("https://name.openai.azure.com/openai/v1/", "https://name.openai.azure.com/openai/v1"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
        ("", ""),
    ],
)
def test_what_is_meant_is_understood(given, meant):
    """
    Quotes, blanks, a slash, the endpoint of the documentation and a missing scheme are mended.
    """
    assert address(given) == meant


@pytest.mark.parametrize(
    "given", ["https://api.example .com/v1", "htps://api.example.com", "https://", 'https://a"b.example', "ftp://x.example/v1",
              "https://api.example.com/v1?key=1", "https://api.example.com/v1#x", "<your address>"]
)  # fmt: skip
def test_what_is_no_address_is_refused_by_name(given):
    """
    The start names the variable and what is allowed, instead of a failure in each refresh.
    """
    with pytest.raises(ConfigError, match=r"^OPENAI_BASE_URL: must be an address such as https://"):
        address(given)


def test_the_key_of_config_json_is_named_where_it_is_the_fault():
    """
    The environment wins; without it config.json's own key is mended, and named.
    """
    assert address("", "localhost:1234/v1/chat/completions") == "http://localhost:1234/v1"
    assert address("https://one.example", "not an address") == "https://one.example"
    with pytest.raises(ConfigError, match=r"ai_summary\.base_url"):
        address("", "not an address")


def test_no_password_is_repeated():
    """
    What stands before an @ is a secret.
    """
    with pytest.raises(ConfigError) as caught:
        address("https://me:secret@api.example.com/v1?x")
    assert "secret" not in str(caught.value)
