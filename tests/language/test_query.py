"""The parameters of a feed: what is allowed, what is refused and how, and that one question has one spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadQuery
from core.paper import AnnounceType
from core.query.parameters import PARAMETER_NAMES
from core.query.parse import parse_query
from tests.support.asking import SETTINGS, ask


def test_the_settings_are_the_defaults():
    """What is absent or empty comes from config.json."""
    for query in (ask(), ask("categories=&types=&limit=&sort=&authors=&like=&primary=&lang=")):
        assert query.categories.terms == ("cs.AI", "cs.LG")
        assert [str(term) for term in query.keywords] == ["LLM", "kv cache"]
        assert [str(term) for term in query.exclude] == ["survey"]
        assert query.types == {AnnounceType.NEW, AnnounceType.CROSS}
        assert (query.min_score, query.limit, query.per_day, query.days) == (1.5, 100, 20, 5)
        assert (query.sort, query.match, query.content, query.rank, query.lang) == (
            "score",
            "word",
            "full",
            "keywords",
            "en",
        )
        assert query.canonical() == ""


def test_empty_keywords_mean_no_filter():
    """``keywords=`` lets every paper of the categories in, ``exclude=`` leaves none out."""
    query = ask("keywords=&exclude=")
    assert query.keywords == query.exclude == ()
    assert query.canonical() == "keywords="
    assert ask("exclude=").canonical() == "exclude="


def test_the_configured_exclude_is_for_the_configured_keywords():
    """Who asks about something else may want just what the site leaves out; excluding it is one parameter away."""
    assert [str(term) for term in ask("").exclude] == ["survey"]
    assert ask("keywords=reviewing").exclude == ask("like=2600.00001").exclude == ask("keywords=").exclude == ()
    assert ask("keywords=harp&exclude=survey").canonical() == "keywords=harp&exclude=survey"


def test_the_configured_threshold_is_for_the_configured_keywords():
    """A query of two terms is not emptied by a min_score that was chosen for thirty."""
    assert ask("keywords=harp").min_score == 0
    assert ask("keywords=LLM,kv cache").min_score == 1.5
    assert ask("keywords=harp&min_score=1").min_score == 1
    assert ask("like=2600.00001").min_score == 0


def test_what_networks_add_to_addresses_is_no_mistake():
    """Parameters of trackers and cache busters mean nothing, and are in no address that we print."""
    query = ask("keywords=LLM&utm_source=x&utm_medium=y&fbclid=1&gclid=2&_=1700000000&UTM_CAMPAIGN=z")
    assert query.canonical() == "keywords=LLM"
    assert ask("categories=cs.AI，cs.LG；cs.CL").canonical() == ask("categories=cs.AI,cs.LG,cs.CL").canonical()


def test_like_sets_the_configured_keywords_aside():
    """Similar papers are not asked to match keywords that nobody gave."""
    assert ask("like=2600.00001").keywords == ()
    assert [str(term) for term in ask("like=2600.00001&keywords=LLM").keywords] == ["LLM"]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("categories=cs.LG,cs.AI", ""),
        ("categories=CS.ai, cs.lg", ""),
        ("categories=stat.TH,cs.lg,-CS.cy", "categories=cs.LG,math.ST,-cs.CY"),
        ("categories=cs.*", "categories=cs"),
        ("keywords= kv  cache ,LLM", "keywords=kv%20cache,LLM"),
        ("keywords=LLM,kv cache", ""),
        ("keywords=LLM^2.0", "keywords=LLM%5E2"),
        ("keywords=C%2B%2B", "keywords=C%2B%2B"),
        ("types=cross,NEW", ""),
        ("types=replace new", "types=new,replace"),
        ("min_score=1.50", ""),
        ("min_score=2.0", "min_score=2"),
        ("limit=0100", ""),
        ("days=3&limit=7", "limit=7&days=3"),
        ("sort=DATE", "sort=date"),
        ("authors=LeCun, Yann", "authors=Yann%20LeCun"),
        ("like=2600.00001v3, 2600.00002", "like=2600.00001,2600.00002"),
        ("like=text:  harps,  and strings", "like=text:harps,%20and%20strings"),
        ("like=Attention, Harps and Strings", "like=text:Attention,%20Harps%20and%20Strings"),
        ("like=2600.00001 text:harps", "like=2600.00001,text:harps"),
        ("primary=CS.cl&lang=EN", "primary=cs.CL"),
        ("rank=bm25&match=word&content=title", "rank=bm25&content=title"),
    ],
)
def test_one_question_has_one_spelling(text, canonical):
    """Only what differs from the defaults is written, in one order, and it reads as the same query again."""
    query = ask(text)
    assert query.canonical() == canonical
    assert ask(canonical) == query


def test_order_does_not_matter():
    """The same parameters in another order are the same query."""
    one = ask("keywords=harp&categories=cs.CL,cs.LG&days=2&types=new")
    other = ask("types=new&days=2&categories=cs.lg%2Bcs.cl&keywords=harp")
    assert one == other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("keyword=LLM", "keyword: is no parameter of a feed; did you mean keywords?"),
        ("nonsense=LLM", "nonsense: is no parameter of a feed; they are categories, primary, keywords"),
        ("maths=tex", "maths: is no parameter"),
        ("days=1&days=2", "days: is given twice"),
        ("categories=cs.XX", 'categories: unknown category "cs.XX"'),
        ("categories=q-bio.BMM", 'categories: unknown category "q-bio.BMM"; did you mean q-bio.BM'),
        ("categories=cs.LG-astro-ph.XX", 'categories: unknown category "astro-ph.XX"'),
        ("primary=nonsense", "primary: unknown category"),
        ("keywords=kv AND", 'keywords: "kv AND" ends after AND'),
        ("exclude=OR", "exclude: "),
        ("keywords=ti:", 'keywords: "ti:": ti: wants a word'),
        ("keywords=LLM AND au:^2", 'keywords: "LLM AND au:^2": au: wants a word'),
        ("exclude=has:", 'exclude: "has:": has: wants one of code, data'),
        ("types=old", 'types: must be some of new, cross, replace, got "old"'),
        ("types=,", "types: names no type"),
        ("min_score=-1", 'min_score: must be a number between 0 and 1000, got "-1"'),
        ("min_score=nan", "min_score: must be a number"),
        ("min_score=1e3", "min_score: must be a number"),
        ("limit=0", 'limit: must be a whole number between 1 and 500, got "0"'),
        ("limit=501", "between 1 and 500"),
        ("limit=٣", "limit: must be a whole number"),
        ("per_day=999999999", "per_day: must be a whole number between 1 and 500"),
        ("days=31", "days: must be a whole number between 1 and 30"),
        ("sort=best", 'sort: must be one of score, date, interest, got "best"'),
        ("match=regex", "match: must be one of word, substring"),
        ("content=all", "content: must be one of full, summary, abstract, title"),
        ("rank=pagerank", "rank: must be one of keywords, best, bm25"),
        ("rank=bm25&match=substring", "rank: bm25 counts words and does not go with match=substring"),
        ("rank=bm25&like=2600.00001", "rank: bm25 does not go with like"),
        ("lang=xx", 'lang: must be one of en, got "xx"'),
        ("lang=zh-CN", 'lang: must be one of en, got "zh-CN"; the page itself is Chinese with ui=zh'),
        ("like=text:", "like: has no words after text:"),
        ("like=text:" + "harp " * 1000, "like: has a text of 5000 characters; at most 4000"),
        ("like=abc", "like: not an arXiv identifier: 'abc'"),
        ("like=" + ",".join(f"2600.{number:05}" for number in range(21)), "like: names 21 papers; at most 20"),
        ("authors=...", "authors: has no name in it"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    """One sentence names the parameter and what is allowed."""
    with pytest.raises(BadQuery) as caught:
        ask(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(caught.value.parameter)
    assert len(str(caught.value)) < 250


values = st.text(alphabet="acs.LGAI,+-0159 ^*\"';:ANDnewé", max_size=12)


@settings(max_examples=150, deadline=None)
@given(params=st.lists(st.tuples(st.sampled_from([*PARAMETER_NAMES, "other"]), values), max_size=4))
def test_any_parameters_are_a_query_or_an_error(params):
    """Whatever somebody types, the answer is a query that spells itself, or BadQuery."""
    try:
        query = parse_query(params, SETTINGS)
    except BadQuery:
        return
    assert ask(query.canonical()).canonical() == query.canonical()
