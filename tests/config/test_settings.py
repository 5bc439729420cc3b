"""config.json as people write it."""

import json
from pathlib import Path

import jsonschema
import pytest

from core.config.config_json import RETIRED_KEYS
from core.config.read import ROOT, load_config, parse_settings, read_settings
from core.config.schema import config_schema
from core.config.settings import Settings
from core.errors import ConfigError
from core.query.parse import parse_query

OLD_BOT = {
    "categories": ["cs.AI", "cs.CL", "cs.DC", "cs.LG"],
    "keywords": ["LLM", "RL", "FP8"],
    "exclude_keywords": ["survey", "review", "tutorial"],
    "max_papers": 30,
    "days_back": 7,
    "min_score": 2.5,
    "enable_deduplication": True,
    "deduplication_methods": ["id", "title", "link"],
    "fetch_ratings": True,
    "display_limit": 500,
}
CUSTOM_RULES = {
    "keyword_rules": {"required": ["transformer"], "bonus": ["bert"]},
    "author_rules": {"preferred": ["Ada Example"]},
    "content_rules": {"min_abstract_length": 200},
    "advanced_filtering": {"case_sensitive": False},
    "scoring": {"title_match_weight": 3.0, "abstract_match_weight": 1.0, "recency_weight": 0.5},
}


def test_the_old_bots_configuration_starts_unchanged():
    """What it means is kept; what means nothing any more is named once, with what does its work now."""
    settings, warnings = read_settings(json.dumps(OLD_BOT).encode(), "config.json")
    assert (settings.keywords, settings.min_score, settings.max_papers) == (("LLM", "RL", "FP8"), 2.5, 30)
    (warning,) = warnings
    for key in ("enable_deduplication", "deduplication_methods", "fetch_ratings", "display_limit"):
        assert warning.count(key) == 1
    assert "display_limit (the parameter limit)" in warning


def test_its_custom_rules_are_named_in_the_same_warning():
    """Keys within keys too; the weights that are known stay."""
    mixed = CUSTOM_RULES | {"scoring": {**CUSTOM_RULES["scoring"], "title": 3}}
    settings, (warning,) = read_settings(json.dumps(OLD_BOT | mixed).encode(), "config.json")
    assert settings.scoring.title == 3
    assert "scoring.title_match_weight (scoring.title)" in warning
    assert "keyword_rules (" in warning


def test_every_retired_key_is_no_known_one():
    for path in RETIRED_KEYS:
        outer, _, inner = path.partition(".")
        assert (inner or outer) not in (Settings().scoring.__struct_fields__ if inner else Settings.__struct_fields__)


@pytest.mark.parametrize(
    "text",
    [
        b'\xef\xbb\xbf{"categories": ["cs.CL"], "keywords": ["a", "b"]}',
        '{"categories": ["cs.CL"], "keywords": ["a", "b"]}'.encode("utf-16"),
        b'{"categories": ["cs.CL",], "keywords": ["a", "b",\n],}',
        '{"categories"：["cs.CL"]，"keywords": ["a"，"b"，]，}'.encode(),
        "{“categories”: [“cs.CL”], ＂keywords＂: [“a”、“b”]}".encode(),
    ],
    ids=["mark", "utf-16", "trailing", "full-width", "quotes"],
)
def test_what_is_meant_is_read(text: bytes):
    """A byte-order mark, trailing commas, full-width punctuation and quotes of any kind."""
    settings = parse_settings(text)
    assert (settings.categories, settings.keywords) == (("cs.CL",), ("a", "b"))


def test_strings_are_left_as_they_are():
    """Only what stands between them is corrected."""
    settings = parse_settings('{"keywords": ["“a，b”", "c,]", "d：e",]}'.encode())
    assert settings.keywords == ("“a，b”", "c,]", "d：e")


KEYS = ", ".join(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"keyword": [], "max_paper": 3}',
            "keyword: unknown key; did you mean keywords?; max_paper: unknown",
        ),
        ('{"colour": 1}', f"colour: unknown key; the known ones are {KEYS}"),
        (
            '{"scoring": {"titel": 2}, "colour": 1}',
            "scoring.titel: unknown key; did you mean scoring.title?; colour",
        ),
        ('{"max_papers": 0}', "max_papers: must be between 1 and 500, got 0"),
        ('{"min_score": -0.5}', "min_score: must be between 0 and 1000, got -0.5"),
        ('{"scoring": {"author": 101}}', "scoring.author: must be between 0 and 100, got 101"),
        ('{"ai_summary": {"max_workers": 33}}', "ai_summary.max_workers: must be between 1 and 32, got 33"),
        ('{"max_papers": "30"}', "max_papers: expected int, got str"),
        ('{"types": []}', "types: expected array of length >= 1"),
        ('{"types": ["new", "old"]}', "types[1]: must be one of new, cross, replace, got 'old'"),
        ('{"ai_summary": {"input": "pdf"}}', "ai_summary.input: must be one of full_text, abstract, file, got 'pdf'"),
        ('{"authors": ["?"]}', "authors: "),
        ("[]", "expected object, got array"),
        ('{"days_back": 9, "retention_days": 5}', "days_back: must be at most retention_days (5), got 9"),
        ('{\n "keywords": ["a"\n "b"]}', "not valid JSON: line 3, column 2: expecting ',' delimiter, near"),
        ('{"keywords": ["a"]\n', "not valid JSON: line 2, column 1: expecting ',' delimiter"),
        ("[\n\n", "not valid JSON: line 3, column 1: expecting value"),
        ("", "not valid JSON: line 1, column 1: expecting value"),
    ],
)
def test_what_is_wrong_is_said_at_once(text: str, sentence: str):
    """All unknown keys in one sentence, and of a value what is allowed and what was found."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(text.encode())
    assert str(caught.value).startswith(f"config.json: {sentence}")


def test_several_problems_are_one_sentence():
    """Nobody corrects one key per start."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(b'{"colour": 1, "keywords": ["a AND"], "categories": ["cs.XX"], "days_back": 40}')
    for key in ("colour: unknown key", "keywords: ", "categories: ", "days_back: must be at most"):
        assert key in str(caught.value)


def test_a_missing_prompt_file_is_named_at_the_start(tmp_path: Path):
    """Before anything was fetched or paid for."""
    (tmp_path / "config.json").write_text('{"ai_summary": {"prompt_file": "mine.md"}}')
    with pytest.raises(ConfigError, match=r"prompt_file: there is no file mine\.md beside config.json"):
        load_config(tmp_path / "config.json", {})
    (tmp_path / "mine.md").write_text("Summarize.")
    assert load_config(tmp_path / "config.json", {}).settings.ai_summary.prompt_file == "mine.md"


def test_authors_and_types_are_defaults_too():
    """They go with the configured keywords: who asks for words of their own gets no stranger's people with them."""
    settings = parse_settings(b'{"keywords": ["a"], "authors": ["LeCun, Yann", "Ada Example"], "types": ["new"]}')
    query = parse_query([], settings)
    assert [name.text for name in query.authors] == ["Yann LeCun", "Ada Example"]
    assert {kind.value for kind in query.types} == {"new"}
    assert query.canonical() == ""
    assert parse_query([("keywords", "b")], settings).authors == ()
    assert parse_query([("authors", "")], settings).authors == ()
    assert parse_query([("types", "new,cross")], settings).canonical() == "types=new,cross"


def test_the_schema_is_the_one_of_the_definitions():
    """python -m core schema > config.schema.json writes it anew."""
    assert (ROOT / "config.schema.json").read_bytes() == config_schema(Settings)


@pytest.mark.parametrize("document", [json.loads((ROOT / "config.json").read_text()), OLD_BOT | CUSTOM_RULES])
def test_editors_accept_what_the_program_accepts(document: dict[str, object]):
    """The delivered config.json names the schema and fits it; so does the old bot's."""
    schema = json.loads((ROOT / "config.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)


@pytest.mark.parametrize(
    "document", [{"keyword": []}, {"max_papers": 0}, {"scoring": {"titel": 1}}, {"types": ["old"]}, {"keywords": "a"}]
)
def test_editors_refuse_what_the_program_refuses(document: dict[str, object]):
    schema = json.loads((ROOT / "config.schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)
    with pytest.raises(ConfigError):
        parse_settings(json.dumps(document).encode())


def test_every_key_is_explained():
    """An editor that hovers over a key says what it is."""
    schema = json.loads((ROOT / "config.schema.json").read_text())
    for definition in schema["$defs"].values():
        assert all(value.get("description") for value in definition["properties"].values())
