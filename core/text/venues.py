"""Where a paper appears, and whether it still stands: what authors say of that in their comments."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple


class Venue(NamedTuple):
    """A conference or journal that took a paper."""

    name: str  # in its usual spelling: "NeurIPS"
    year: str = ""  # "2026", "" where it is not said
    track: str = ""  # "workshop", "oral", "spotlight", "findings", "demo", …

    def __str__(self) -> str:
        return " ".join(venue_part for venue_part in self if venue_part)


_CONFERENCE_NAMES: Final = """
NeurIPS ICML ICLR AAAI IJCAI ACL EMNLP NAACL EACL AACL COLING CoNLL COLM LREC SemEval CVPR ICCV ECCV WACV BMVC
ACCV 3DV KDD WWW SIGIR ECIR WSDM CIKM RecSys ICDE VLDB SIGMOD EDBT ICDT PODS ICDM SDM PAKDD ECML-PKDD AISTATS UAI
COLT ALT AAMAS ICAPS ECAI CogSci ICASSP INTERSPEECH ASRU SLT ISMIR EUSIPCO ICIP ICME ICRA IROS CoRL RSS HRI L4DC
CDC ACC ISCA MICRO HPCA ASPLOS OSDI SOSP NSDI EuroSys SIGCOMM INFOCOM MLSys PPoPP SPAA PODC IPDPS ICDCS Middleware
DAC ICCAD DATE ASP-DAC FPGA CCS NDSS CRYPTO EUROCRYPT ASIACRYPT PETS ACSAC RAID CHI CSCW UIST IUI DIS TEI SIGGRAPH
MICCAI ISBI MIDL EMBC BIBM ICSE FSE ASE ISSTA POPL PLDI OOPSLA ICFP CAV TACAS LICS STOC FOCS SODA ITCS ICALP SoCG
ESA STACS EC WINE GECCO PPSN CEC IJCNN ICANN FAccT AIES ICWSM JCDL ISWC ESWC ICCC ITSC IV VTC ICC GLOBECOM ISIT
ITW CIKM LoG AutoML CLeaR CPAL CHIL ML4H SIGCSE AIED EDM LAK ICPR ICDAR FG IJCB VR ISMAR
"""
_JOURNAL_NAMES: Final = {
    "TMLR": "TMLR", "JMLR": "JMLR", "TACL": "TACL", "TPAMI": "TPAMI", "IEEE TPAMI": "TPAMI", "MNRAS": "MNRAS",
    "ApJ": "ApJ", "ApJL": "ApJL", "ApJS": "ApJS", "A&A": "A&A", "PASP": "PASP", "PASJ": "PASJ", "JCAP": "JCAP",
    "JHEP": "JHEP", "PRL": "PRL", "PRD": "PRD", "PRB": "PRB", "PRX": "PRX", "PNAS": "PNAS", "TKDE": "TKDE",
    "TNNLS": "TNNLS", "TIP": "TIP", "TSE": "TSE", "TOSEM": "TOSEM", "TCSVT": "TCSVT", "RA-L": "RA-L", "RAL": "RA-L",
    "IJCV": "IJCV", "TVCG": "TVCG", "Transactions on Machine Learning Research": "TMLR",
    "Journal of Machine Learning Research": "JMLR", "Robotics and Automation Letters": "RA-L",
    "Nature Communications": "Nature Communications", "Scientific Reports": "Scientific Reports",
    "Science Advances": "Science Advances", "IEEE Access": "IEEE Access", "Astronomy & Astrophysics": "A&A",
    "The Astrophysical Journal": "ApJ", "Monthly Notices": "MNRAS",
}  # fmt: skip
_VENUE_SPELLINGS: Final = {
    "NIPS": "NeurIPS", "SIGKDD": "KDD", "TheWebConf": "WWW", "Web Conference": "WWW", "ECML PKDD": "ECML-PKDD",
    "ECMLPKDD": "ECML-PKDD", "Interspeech": "INTERSPEECH", "USENIX Security": "USENIX Security",
    "USENIX ATC": "USENIX ATC", "IEEE S&P": "IEEE S&P", "PVLDB": "VLDB", "ACM MM": "ACM MM",
    "ACM Multimedia": "ACM MM",
}  # fmt: skip
_VENUE_NAMES: Final = {venue_name.lower(): venue_name for venue_name in _CONFERENCE_NAMES.split()} | {
    venue_spelling.lower(): venue_name for venue_spelling, venue_name in _VENUE_SPELLINGS.items()
}


def _venue_alternatives(venue_names: Iterable[str]) -> str:
    return "|".join(re.escape(venue_name) for venue_name in sorted(venue_names, key=len, reverse=True))


_CONFERENCE_MENTION: Final = re.compile(
    rf"(?:(?P<before>20[0-3]\d)\s+(?:IEEE(?:/\w+)?\s+|ACM\s+)?)?(?<![\w-])(?P<name>{_venue_alternatives(_VENUE_NAMES)})"
    r"(?:\)?\s*[-–'’,(]?\s*(?P<year>20[0-3]\d)|\s?['’-]?(?P<short>[12]\d))?(?![\w-])",
    re.IGNORECASE,
)
_JOURNAL_MENTION: Final = re.compile(rf"(?<![\w-])(?P<name>{_venue_alternatives(_JOURNAL_NAMES)})(?![\w-])")
_ACCEPTED_WORDS: Final = re.compile(
    r"\b(?:re)?accept|\bappear|\bpublished|\bpresented|\bin press|\bproceedings|camera.ready", re.IGNORECASE
)
_SUBMITTED_WORDS: Final = re.compile(
    r"\b(?:re)?submi|\bunder (?:double.blind )?review|\breviewed at|\bin submission|\bin review", re.IGNORECASE
)
_WORDLIKE_VENUES: Final = """
ACC CAV DATE EC DIS IV FG RSS ACL LOG ALT ASE CCS CDC CEC CHI CHIL DAC ESA FSE ICC ITW MICRO PETS RAID SLT SPAA
TEI VR MIDDLEWARE ISCA LAK CRYPTO WINE WWW RSS
"""
_WORDLIKE_VENUE_NAMES: Final = frozenset(_WORDLIKE_VENUES.lower().split())
"""Short names that also say something else: they need their year beside them."""
_UNLISTED_CONFERENCE: Final = re.compile(
    r"(?<![\w-])(?P<name>(?=\w{3,12}\W|\w{3,8}20)[A-Z][a-z]*+[A-Z][A-Za-z]*?)[ -]?['’]?(?P<year>20[0-3]\d)(?!\w)"
)
"""A conference that is not in the list, where the authors say that it took the paper."""
_VENUE_TRACK: Final = re.compile(
    r"\b(workshop|oral|spotlight|highlight|findings|demo|tutorial|industry|poster|best paper"
    r"|outstanding paper|main|short paper|student abstract)\b",
    re.IGNORECASE,
)
_MOST_WITHDRAWAL_TEXT_CHARACTERS: Final = 600  # an abstract that is longer tells of a paper that stands
_WITHDRAWN_TEXT: Final = re.compile(
    r"\b(?:paper|submission|article|manuscript|preprint|version|work|it)\b[^.]{0,40}\bwithdrawn\b|^\W*withdrawn\b"
    r"|\bwithdrawn (?:by|due|because|from arxiv|as )|\bwithdraw(?:ing)? (?:this|the) (?:paper|submission|article)",
    re.IGNORECASE,
)


def find_venue(comment: str, journal_ref: str = "") -> Venue | None:
    """
    Read the venue that took the paper: ``Accepted at ICML 2026 (spotlight)`` is ICML 2026 spotlight.

    ``Submitted to ICML 2026`` is none. Both texts are readable ones, as ``plain`` gives them.
    """
    for venue_text, is_journal_ref in ((comment, False), (journal_ref, True)):
        text_venues = (
            *map(_conference_venue, _CONFERENCE_MENTION.finditer(venue_text)),
            *(_journal_venue(venue_mention, is_journal_ref) for venue_mention in _JOURNAL_MENTION.finditer(venue_text)),
            *map(_unlisted_venue, _UNLISTED_CONFERENCE.finditer(venue_text)),
        )
        if text_venue := next(filter(None, text_venues), None):
            return text_venue
    return None


def _journal_venue(journal_mention: re.Match[str], is_journal_ref: bool) -> Venue | None:
    text_around_journal = journal_mention.string[max(0, journal_mention.start() - 90) : journal_mention.end() + 40]
    says_accepted = _ACCEPTED_WORDS.search(text_around_journal) and not _is_only_submitted(journal_mention)
    return Venue(_JOURNAL_NAMES[journal_mention["name"]]) if is_journal_ref or says_accepted else None


def _unlisted_venue(venue_mention: re.Match[str]) -> Venue | None:
    venue_name = venue_mention["name"]
    is_listed_venue = venue_name.lower() in _VENUE_NAMES or venue_name in ("IEEE", "ACM", "AIAA", "SPIE")
    says_accepted = _ACCEPTED_WORDS.search(_text_before(venue_mention, 60))
    if not says_accepted or is_listed_venue or _is_only_submitted(venue_mention):
        return None
    return Venue(venue_name, venue_mention["year"], _venue_track(venue_mention))


def _conference_venue(venue_mention: re.Match[str]) -> Venue | None:
    short_venue_year = f"20{venue_mention['short']}" if venue_mention["short"] else ""
    venue_year = venue_mention["before"] or venue_mention["year"] or short_venue_year
    venue_name = _VENUE_NAMES[venue_mention["name"].lower()]
    is_wordlike = venue_mention["name"].lower() in _WORDLIKE_VENUE_NAMES
    if _is_only_submitted(venue_mention) or (is_wordlike and venue_mention["name"] != venue_name):
        return None
    if not venue_year and (is_wordlike or not _ACCEPTED_WORDS.search(_text_before(venue_mention, 60))):
        return None
    return Venue(venue_name, venue_year, _venue_track(venue_mention))


def _venue_track(venue_mention: re.Match[str]) -> str:
    text_after_venue = venue_mention.string[venue_mention.end() : venue_mention.end() + 60]
    track_mention = _VENUE_TRACK.search(text_after_venue.partition(". ")[0])
    is_workshop = "workshop" in _text_before(venue_mention, 40).lower()
    venue_track = track_mention[1].lower() if track_mention else "workshop" if is_workshop else ""
    return "" if venue_track in ("main", "poster") else venue_track


def _text_before(venue_mention: re.Match[str], characters: int) -> str:
    return venue_mention.string[max(0, venue_mention.start() - characters) : venue_mention.start()]


def _is_only_submitted(venue_mention: re.Match[str]) -> bool:
    """Whether the words before speak of a submission, and no later ones of more."""
    text_before_venue = _text_before(venue_mention, 90)
    submitted_at = max(
        (venue_mention.end() for venue_mention in _SUBMITTED_WORDS.finditer(text_before_venue)), default=-1
    )
    accepted_at = max(
        (venue_mention.end() for venue_mention in _ACCEPTED_WORDS.finditer(text_before_venue)), default=-1
    )
    return submitted_at >= 0 and submitted_at > accepted_at


def says_withdrawn(comment: str, abstract: str = "") -> bool:
    """Whether the authors took the paper back: arXiv keeps it listed, and the comment or a short abstract says so."""
    withdrawal_texts = (comment, abstract[:200] if len(abstract) < _MOST_WITHDRAWAL_TEXT_CHARACTERS else "")
    return any("ithdraw" in text.lower() and _WITHDRAWN_TEXT.search(text) for text in withdrawal_texts)
