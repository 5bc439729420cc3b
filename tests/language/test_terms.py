"""The filter language: what it reads, and how it says what it could not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config.read import parse_settings
from core.errors import ConfigError, ParseError
from core.language.names import parse_names
from core.language.term_list import parse_terms
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.language.wider_terms import wider_terms


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("kv cache, LLM^2", ["kv cache", "LLM^2"]),
        ("  kv   cache ,,LLM ^2.50, ", ["kv cache", "LLM^2.5"]),
        ("LLM^1", ["LLM"]),
        ("llm, llm", ["llm"]),
        ("ti:kv cache, ABS:LLM, au:LeCun, cat:CS.lg", ["ti:kv cache", "abs:LLM", "au:LeCun", "cat:cs.LG"]),
        ("cat:math.IT, cat:cs.*, cat:hep-th", ["cat:cs.IT", "cat:cs", "cat:hep-th"]),
        ("quantiz* AND NOT survey^0.5", ["quantiz* AND NOT survey^0.5"]),
        ("a1 AND b1 AND NOT c1", ["a1 AND b1 AND NOT c1"]),
        ('"red, green", "cats AND dogs"', ['"red, green"', '"cats AND dogs"']),
        ('"kv cache"', ["kv cache"]),
        ('ti:"a2, b2"', ['ti:"a2, b2"']),
        ('"a2^2"', ['"a2^2"']),
        ('"ratio: one"', ["ratio: one"]),
        ('"ti:x"', ['"ti:x"']),
        ("C++, C#, GPT-4", ["C++", "C#", "GPT-4"]),
        ("cats and dogs", ["cats and dogs"]),
        ("", []),
        (" , ", []),
    ],
)
def test_terms_are_read(text, spelled):
    """Terms have one spelling, which reads as the same terms again."""
    terms = parse_terms(text)
    assert [str(term) for term in terms] == spelled
    assert parse_terms(",".join(spelled)) == terms


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kv AND", '"kv AND" ends after AND'),
        ("LLM, kv AND NOT", '"kv AND NOT" ends after AND NOT'),
        ("AND kv", '"AND kv" begins with AND'),
        ("kv AND AND cache", '"kv AND AND cache" has nothing between two ANDs'),
        ("kv NOT cache", '"kv NOT cache" has NOT without AND before it'),
        ("NOT kv", '"NOT kv" begins with NOT; words that are not wanted belong in exclude'),
        ("kv OR cache", '"kv OR cache": there is no OR; write a comma between terms, or quote the word'),
        ("title:kv", '"title:kv": there is no field "title:"; the fields are ti: abs: au: cat:'),
        ("kv^two", '"kv^two": the weight after ^ must be a number above 0 and up to 100, such as 2 or 0.5, got "two"'),
        ("kv^0", "the weight after ^ must be a number above 0"),
        ("kv^1000", "up to 100"),
        ("kv^2 AND cache", '"kv^2 AND cache": the weight in "kv^2" belongs at the end of the term'),
        ('"kv cache, LLM', '""kv cache, LLM" opens a quotation mark that is not closed'),
        ("&&, LLM", '"&&": write AND between words'),
        ("^2", '"^2" has no word in it'),
        ("harp; string", '"harp; string": commas separate terms, or quote'),
        ("harp | string", '"harp | string": commas separate terms, of which one must match'),
        ("(a)", '"(a)": brackets group nothing here; write a comma'),
        ("harp (string", "brackets group nothing here"),
        ("harp && string", "write AND between words that must all be there"),
        ("harp -string", '"harp -string": a minus takes nothing out; write AND NOT before it, or put it into exclude'),
        ("/harps?/", "there are no regular expressions; quantiz* is"),
        ("kv AND --", '"kv AND --" has no word in it'),
        ("a*", '"a*": "a*" needs at least two letters before the *'),
        ("cat:cs.XX", '"cat:cs.XX": unknown category "cs.XX"'),
        ("cat:cs.LG+cs.CL", "cat: wants one category"),
        ("llm, llm^2", '"llm" stands twice, with weights 1 and 2'),
        (",".join(f"t{number}" for number in range(61)), "has 61 terms; at most 60 are allowed"),
        (" ".join(["word"] * 13), "13 words; at most 12 are allowed in one term"),
        ("x" * 2049, "is longer than 2048 bytes"),
        ("é" * 1025, "is longer than 2048 bytes"),
    ],
)
def test_errors_point_at_the_place(text, message):
    """What could not be read is quoted, and the message says what is allowed."""
    with pytest.raises(ParseError) as caught:
        parse_terms(text)
    assert message in str(caught.value)


def test_the_same_words_count_once():
    """Spellings that match the same papers are one term; different ones stay two."""
    assert [str(term) for term in parse_terms("kv cache,kv-cache,kvcache,LLM,LLMs")] == ["kv cache", "LLM"]
    assert [str(term) for term in parse_terms("rag,RAG")] == ["rag", "RAG"]
    assert len(parse_terms("ti:kv cache,kv cache,optimise,optimize*")) == 4


def test_other_keyboards_commas_separate():
    """What a Chinese or Japanese keyboard writes for a comma parts terms as a comma does."""
    assert [str(term) for term in parse_terms("harp，piano、drum；flute")] == ["harp", "piano", "drum", "flute"]
    assert [str(term) for term in parse_terms('"harp; (piano)|drum"')] == ['"harp; (piano)|drum"']


def test_a_long_term_is_quoted_short():
    """An error message never repeats two kilobytes."""
    with pytest.raises(ParseError) as caught:
        parse_terms(" ".join(["looooooooooooooooooooong"] * 50))
    assert len(str(caught.value)) < 150


def test_an_entry_of_a_list_is_one_term():
    """In config.json a comma in an entry is a comma; it is spelled so that a URL can hold it."""
    term = parse_term("red, green")
    assert str(term) == '"red, green"'
    assert parse_terms(str(term)) == (term,)


def test_the_configuration_speaks_the_same_language():
    """A bad term in config.json stops the start, and is named."""
    with pytest.raises(ConfigError, match=r'config.json: keywords: "kv AND" ends after AND'):
        parse_settings(b'{"keywords": ["LLM", "kv AND"]}')
    with pytest.raises(ConfigError, match=r"config.json: exclude_keywords: .* there is no OR"):
        parse_settings(b'{"exclude_keywords": ["survey OR review"]}')
    with pytest.raises(ConfigError, match=r"scoring.titel: unknown key; did you mean scoring.title"):
        parse_settings(b'{"scoring": {"titel": 2}}')
    with pytest.raises(ConfigError, match=r"scoring.title: must be between 0 and 100, got -1"):
        parse_settings(b'{"scoring": {"title": -1}}')
    assert parse_settings(b'{"scoring": {"title": 3, "recency": 0.5}}').scoring.title == 3


@given(st.text(alphabet='ab "^*,:-+#$\\{}~ANDOTtiu.2é推', max_size=40))
def test_any_text_is_terms_or_an_error(text):
    """No text does anything but parse into terms, which spell themselves as they are read, or raise ParseError."""
    try:
        terms = parse_terms(text)
    except ParseError:
        return
    again = parse_terms(",".join(map(str, terms)))
    assert [_meaning(term) for term in again] == [_meaning(term) for term in terms]


def _meaning(term: Term) -> object:
    return term.weight, [(clause.field, clause.negated, clause.words, clause.literal) for clause in term.clauses]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Yann LeCun, Y. Bengio", ["Yann LeCun", "Y. Bengio"]),
        ("LeCun, Yann", ["Yann LeCun"]),
        ("LeCun, Yann; Bengio, Y.", ["Yann LeCun", "Y. Bengio"]),
        ('"LeCun, Yann", Y. Bengio', ["Yann LeCun", "Y. Bengio"]),
        ("Hinton, G. E., Yann LeCun", ["G. E. Hinton", "Yann LeCun"]),
        ("Bengio; Hinton", ["Bengio", "Hinton"]),
        ("LeCun", ["LeCun"]),
        ("", []),
    ],
)
def test_names_are_read(text, people):
    """Commas part people unless they stand inside a name; semicolons always do."""
    assert [name.text for name in parse_names(text)] == people


def test_too_many_or_no_names_are_refused():
    """A list of names has its limit, and every name a letter."""
    with pytest.raises(ParseError, match="at most 60"):
        parse_names(";".join(f"A. Person{number}" for number in range(61)))
    with pytest.raises(ParseError, match="has no name in it"):
        parse_names("Yann LeCun, ...; &")


def test_a_short_form_in_brackets_takes_no_place():
    """As papers write it, so it may be pasted: the same term with and without, and in one spelling again."""
    for text, words in (("key-value (KV) cache", ["key", "value", "cache"]), ("ti:harp string player (HSP)^2", 3)):
        (term,) = parse_terms(text)
        found = [word.text for word in term.clauses[0].words]
        assert found == words or len(found) == words
        assert parse_terms(str(term)) == (term,)


@pytest.mark.parametrize(
    ("term", "wider"),
    [
        ("kv cache", ["kv AND cache"]),
        ("harp AND NOT piano", ["harp"]),
        ("harp AND piano", ["piano", "harp"]),
        ("ti:harp", ["harp"]),
        ("RAG", ["rag"]),
        ("Decoding", ["Decod*"]),
        ("harp", []),
        ("quantiz*", []),
        ("au:LeCun", []),
        ("graph networks for weather", ["graph networks AND weather", "graph AND networks AND weather"]),
        ("RL for LLM", ["RL AND LLM"]),
        ("agents that use tools", ["agents AND tools"]),
    ],
)
def test_wider_terms(term, wider):
    """A near miss is looked for with clauses dropped, words apart, out of the field, or with another ending."""
    assert [str(each) for each in wider_terms(parse_term(term))] == wider


@pytest.mark.parametrize("written", ["survey:", '"ti:"', "LLM AND survey:"])
def test_a_word_with_a_colon_after_it_is_that_word(written: str):
    """Only a field of ours wants something after its colon, and quotation marks keep that one, too."""
    assert str(parse_term(written)) == written
    assert parse_term(str(parse_term(written))) == parse_term(written)
