"""Fictional papers, batches in memory, and a matcher so simple that it must be right."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.language.spelling import american_beginnings, american_spelling
from core.language.stem import singular
from core.language.term_parser import parse_term
from core.language.terms import Term, TermWord
from core.language.words import (
    ACRONYM_ASIDE,
    FUNCTION_WORDS,
    WORD_GAP,
    WORD_HYPHEN,
    asked_keys,
    cut_words,
    fold_word,
    word_key,
)
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper, Summary
from core.search.batch import LoadedBatch

MONDAY = date(2026, 3, 2)


def paper(
    number: int = 1,
    title: str = "An Invented Study",
    abstract: str = "We invent.",
    *,
    authors: Sequence[str] = ("Ada Example",),
    categories: Sequence[str] = ("cs.LG",),
    kind: str = "new",
    stood_in: Mapping[str, str] | None = None,
    version: int = 1,
    announced: date = MONDAY,
    comment: str = "",
) -> Paper:
    """Make a paper whose id cannot exist: month 00. It stood in its categories' feeds unless told otherwise."""
    feeds = stood_in if stood_in is not None else dict.fromkeys(categories, kind)
    announcements = tuple(Announcement(name, AnnounceType(each)) for name, each in sorted(feeds.items()))
    return Paper(
        arxiv_id=ArxivId(f"2600.{number:05}"),
        version=version,
        announce_type=AnnounceType(kind),
        announced=announced,
        title=title,
        abstract=abstract,
        authors=tuple(map(Author, authors)),
        categories=tuple(categories),
        announcements=announcements,
        comment=comment,
    )


def batch(day: date, *papers: Paper, summaries: Iterable[Summary] = ()) -> LoadedBatch:
    in_order = sorted(papers, key=lambda each: each.arxiv_id)
    by_paper = {(each.arxiv_id, each.language): each for each in summaries}
    return LoadedBatch(day, in_order, BatchIndex(build_index(in_order)), by_paper)


# -- the reference: one text at a time, word by word


def matches(term: str | Term, title: str, abstract: str = "") -> tuple[bool, bool]:
    """Whether a term of words matches, and whether all that it wants stands in the title."""
    term = parse_term(term) if isinstance(term, str) else term
    holds, titled = True, True
    for clause in term.clauses:
        in_title = clause.field != "abs" and stands_in(clause.words, title)
        found = in_title or (clause.field != "ti" and stands_in(clause.words, abstract))
        holds = holds and found != clause.negated
        titled = titled and (clause.negated or in_title)
    return holds, holds and titled


def stands_in(wanted: Sequence[TermWord], text: str) -> bool:
    return any(
        _follows(wanted, 0, words, place, changed=False)
        for words in _readings(cut_words(text))
        for place in range(len(words))
    )


def _readings(words: "Words") -> "Iterator[Words]":
    """A short form in brackets is read in place of the word before, or not at all: each way, for each of them."""
    at = next((number for number, (sign, _) in enumerate(words) if sign == ACRONYM_ASIDE), 0)
    if not at:
        yield words
        return
    yield from _readings(words[:at] + words[at + 1 :])
    yield from _readings([*words[: at - 1], (words[at - 1][0], words[at][1]), *words[at + 1 :]])


Words = list[tuple[str, str]]


def _follows(wanted: Sequence[TermWord], at: int, words: Words, place: int, *, changed: bool) -> bool:
    """Whether the rest of the wanted words stands here; once, words may be written together or apart."""
    if at == len(wanted):
        return True
    if place >= len(words) or (at and (words[place][0] == WORD_GAP) != (wanted[at].joining_sign == WORD_GAP)):
        return False
    ways = {(used, width, changed) for used, width in _as_written(wanted, at, words, place, changed=changed)}
    if not changed:
        ways |= {(used, width, True) for used, width in _otherwise_written(wanted, at, words, place)}
    return any(_follows(wanted, at + used, words, place + width, changed=after) for used, width, after in ways)


def _as_written(
    wanted: Sequence[TermWord], at: int, words: Words, place: int, *, changed: bool
) -> Iterator[tuple[int, int]]:
    exact = len(wanted) == 1 and not changed
    if _agrees(wanted[at], word_key(words[place][1]), exact=exact) or _begins_joined(
        wanted, at, wanted[at], words, place
    ):
        yield 1, 1


def _begins_joined(wanted: Sequence[TermWord], at: int, word: TermWord, words: Words, place: int) -> bool:
    """Whether a prefix at the end begins several words that hyphens join."""
    if not word.is_prefix or at < len(wanted) - 1:
        return False
    return any(each.startswith(fold_word(word.text)) for each, _ in _joined(words, place))


def _otherwise_written(wanted: Sequence[TermWord], at: int, words: Words, place: int) -> Iterator[tuple[int, int]]:
    """Give how many wanted words are how many words of the text: 1 and several, or several and 1."""
    word = wanted[at]
    for each, width in _joined(words, place):
        if each == word_key(word.text.lower()) and not word.is_prefix:
            yield 1, width
    for first, second in _halves(word):
        following = words[place + 1 : place + 2]
        if not following or following[0][0] == WORD_GAP or not _agrees(first, word_key(words[place][1])):
            continue
        if _agrees(second, word_key(following[0][1])) or _begins_joined(wanted, at, second, words, place + 1):
            yield 1, 2
    for used in {2, len(wanted)}:
        one = _as_one(wanted, at, used)
        if one and _agrees(one, word_key(words[place][1])):
            yield used, 1
        if one and _begins_joined(wanted, at + used - 1, one, words, place):
            yield used, 1


def _as_one(wanted: Sequence[TermWord], at: int, used: int) -> TermWord | None:
    """Write a pair of wanted words, or all of them, as one, unless a little word only stands beside the other."""
    parts = wanted[at : at + used]
    if len(parts) < max(used, 2) or any(part.joining_sign == WORD_GAP for part in parts[1:]):
        return None
    little = {fold_word(part.text) for part in parts} & FUNCTION_WORDS
    if used == 2 and little and parts[1].joining_sign != WORD_HYPHEN:
        return None
    return TermWord("".join(part.text for part in parts), is_prefix=parts[-1].is_prefix)


def _agrees(wanted: TermWord, found: str, *, exact: bool = False) -> bool:
    if not wanted.is_prefix:
        return found in asked_keys(wanted.text, exact=exact) or _is_version(found, wanted.text)
    small = fold_word(wanted.text)
    endings = {singular(american_spelling(small)), small[:-1] + "y" if small.endswith("i") else small}
    return found.startswith((*american_beginnings(small), small.upper())) or found in endings


def _is_version(found: str, name: str) -> bool:
    """``qwen2.5`` is a version of Qwen, ``yolov8`` of YOLO."""
    small = fold_word(name)
    plain = len(name) > 2 and name.isalpha() and small not in FUNCTION_WORDS
    return plain and bool(re.fullmatch(re.escape(small) + r"v?\d[\d.]{0,5}[a-z]?", found))


def _halves(word: TermWord) -> Iterable[tuple[TermWord, TermWord]]:
    for at in range(1, len(word.text)):
        first, second = word.text[:at], word.text[at:]
        if not (first.isalnum() and second[0].isalnum()) or {fold_word(first), fold_word(second)} & FUNCTION_WORDS:
            continue
        number_begins = first[-1].isdigit() != second[0].isdigit()
        if number_begins or (len(word.text) >= 4 and len(second) >= 2 and first[-1].isalpha()):
            yield TermWord(first), TermWord(second, is_prefix=word.is_prefix)


def _joined(words: Words, place: int) -> list[tuple[str, int]]:
    """The words with hyphens that begin here, written as one, if little words are among them or they are all."""
    begin = end = place
    while begin and words[begin][0] == WORD_HYPHEN:
        begin -= 1
    while end + 1 < len(words) and words[end + 1][0] == WORD_HYPHEN:
        end += 1
    found = []
    for width in range(2, min(end - place + 1, 5) + 1):
        parts = [word for _, word in words[place : place + width]]
        whole = width == end - begin + 1 and width > 2
        if whole or any(part.lower() in FUNCTION_WORDS for part in parts):
            found.append((word_key("".join(parts).lower()), width))
    return found
