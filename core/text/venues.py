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
        return " ".join(part for part in self if part)


_CONFERENCES: Final = """
NeurIPS ICML ICLR AAAI IJCAI ACL EMNLP NAACL EACL AACL COLING CoNLL COLM LREC SemEval CVPR ICCV ECCV WACV BMVC
ACCV 3DV KDD WWW SIGIR ECIR WSDM CIKM RecSys ICDE VLDB SIGMOD EDBT ICDT PODS ICDM SDM PAKDD ECML-PKDD AISTATS UAI
COLT ALT AAMAS ICAPS ECAI CogSci ICASSP INTERSPEECH ASRU SLT ISMIR EUSIPCO ICIP ICME ICRA IROS CoRL RSS HRI L4DC
CDC ACC ISCA MICRO HPCA ASPLOS OSDI SOSP NSDI EuroSys SIGCOMM INFOCOM MLSys PPoPP SPAA PODC IPDPS ICDCS Middleware
DAC ICCAD DATE ASP-DAC FPGA CCS NDSS CRYPTO EUROCRYPT ASIACRYPT PETS ACSAC RAID CHI CSCW UIST IUI DIS TEI SIGGRAPH
MICCAI ISBI MIDL EMBC BIBM ICSE FSE ASE ISSTA POPL PLDI OOPSLA ICFP CAV TACAS LICS STOC FOCS SODA ITCS ICALP SoCG
ESA STACS EC WINE GECCO PPSN CEC IJCNN ICANN FAccT AIES ICWSM JCDL ISWC ESWC ICCC ITSC IV VTC ICC GLOBECOM ISIT
ITW CIKM LoG AutoML CLeaR CPAL CHIL ML4H SIGCSE AIED EDM LAK ICPR ICDAR FG IJCB VR ISMAR
"""
_JOURNALS: Final = {
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
_VENUE_NAMES: Final = {name.lower(): name for name in _CONFERENCES.split()} | {
    spelled.lower(): name for spelled, name in _VENUE_SPELLINGS.items()
}


def _any_venue_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_CONFERENCE: Final = re.compile(
    rf"(?:(?P<before>20[0-3]\d)\s+(?:IEEE(?:/\w+)?\s+|ACM\s+)?)?(?<![\w-])(?P<name>{_any_venue_of(_VENUE_NAMES)})"
    r"(?:\)?\s*[-–'’,(]?\s*(?P<year>20[0-3]\d)|\s?['’-]?(?P<short>[12]\d))?(?![\w-])",
    re.IGNORECASE,
)
_JOURNAL: Final = re.compile(rf"(?<![\w-])(?P<name>{_any_venue_of(_JOURNALS)})(?![\w-])")
_TAKEN: Final = re.compile(
    r"\b(?:re)?accept|\bappear|\bpublished|\bpresented|\bin press|\bproceedings|camera.ready", re.IGNORECASE
)
_NOT_TAKEN: Final = re.compile(
    r"\b(?:re)?submi|\bunder (?:double.blind )?review|\breviewed at|\bin submission|\bin review", re.IGNORECASE
)
_SHORT_WORDS: Final = """
acc cav date ec dis iv fg rss acl log alt ase ccs cdc cec chi chil dac esa fse icc itw micro pets raid slt spaa
tei vr middleware isca lak crypto wine www rss
"""
_WORDY: Final = frozenset(_SHORT_WORDS.split())
"""Short names that also say something else: they need their year beside them."""
_ACRONYM: Final = re.compile(
    r"(?<![\w-])(?P<name>(?=\w{3,12}\W|\w{3,8}20)[A-Z][a-z]*+[A-Z][A-Za-z]*?)[ -]?['’]?(?P<year>20[0-3]\d)(?!\w)"
)
"""A conference that is not in the list, where the authors say that it took the paper."""
_TRACK: Final = re.compile(
    r"\b(workshop|oral|spotlight|highlight|findings|demo|tutorial|industry|poster|best paper|outstanding paper|main|"
    r"short paper|student abstract)\b",
    re.IGNORECASE,
)
_LITTLE: Final = 600  # characters; an abstract that is longer tells of a paper that stands
_WITHDRAWN: Final = re.compile(
    r"\b(?:paper|submission|article|manuscript|preprint|version|work|it)\b[^.]{0,40}\bwithdrawn\b|^\W*withdrawn\b"
    r"|\bwithdrawn (?:by|due|because|from arxiv|as )|\bwithdraw(?:ing)? (?:this|the) (?:paper|submission|article)",
    re.IGNORECASE,
)


def find_venue(comment: str, journal_ref: str = "") -> Venue | None:
    """
    Read the venue that took the paper: ``Accepted at ICML 2026 (spotlight)`` is ICML 2026 spotlight.

    ``Submitted to ICML 2026`` is none. Both texts are readable ones, as ``plain`` gives them.
    """
    for text, is_taken in ((comment, False), (journal_ref, True)):
        found = (
            *(_conference(text, each) for each in _CONFERENCE.finditer(text)),
            *(_journal(text, each, is_taken=is_taken) for each in _JOURNAL.finditer(text)),
            *(_acronym(text, each) for each in _ACRONYM.finditer(text)),
        )
        if venue := next(filter(None, found), None):
            return venue
    return None


def _journal(text: str, found: re.Match[str], *, is_taken: bool) -> Venue | None:
    near = text[max(0, found.start() - 90) : found.end() + 40]
    taken = is_taken or (_TAKEN.search(near) and not _refused(text, found.start()))
    return Venue(_JOURNALS[found["name"]]) if taken else None


def _acronym(text: str, found: re.Match[str]) -> Venue | None:
    taken = _TAKEN.search(text[max(0, found.start() - 60) : found.start()])
    known = found["name"].lower() in _VENUE_NAMES or found["name"] in ("IEEE", "ACM", "AIAA", "SPIE")
    if not taken or known or _refused(text, found.start()):
        return None
    return Venue(found["name"], found["year"], _track(text, found))


def _conference(text: str, found: re.Match[str]) -> Venue | None:
    year = found["before"] or found["year"] or (f"20{found['short']}" if found["short"] else "")
    name, spelled = found["name"].lower(), _VENUE_NAMES[found["name"].lower()]
    if _refused(text, found.start()):
        return None
    if found["name"] != spelled and name in _WORDY:
        return None
    if not year and (name in _WORDY or not _TAKEN.search(text[max(0, found.start() - 60) : found.start()])):
        return None
    return Venue(spelled, year, _track(text, found))


def _track(text: str, found: re.Match[str]) -> str:
    track = _TRACK.search(text[found.end() : found.end() + 60].partition(". ")[0])
    before = text[max(0, found.start() - 40) : found.start()].lower()
    named = track[1].lower() if track else "workshop" if "workshop" in before else ""
    return "" if named in ("main", "poster") else named


def _refused(text: str, at: int) -> bool:
    """Whether the words before speak of a submission, and no later ones of more."""
    before = text[max(0, at - 90) : at]
    refused = max((found.end() for found in _NOT_TAKEN.finditer(before)), default=-1)
    return refused >= 0 and refused > max((found.end() for found in _TAKEN.finditer(before)), default=-1)


def is_withdrawn(comment: str, abstract: str = "") -> bool:
    """Whether the authors took the paper back: arXiv keeps it listed, and the comment or a short abstract says so."""
    texts = (comment, abstract[:200] if len(abstract) < _LITTLE else "")
    return any("ithdraw" in text.lower() and _WITHDRAWN.search(text) for text in texts)
