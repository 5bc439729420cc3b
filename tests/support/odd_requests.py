"""Parts of requests that no honest client sends."""

from collections.abc import AsyncIterator

from core.query.parameters import PARAMETERS

METHODS = ("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")
TELLING = "robust sparse causal graph speech vision policy agent token kernel flow proof".split()
ODD = (
    "",
    "0",
    "-1",
    "1e9",
    "9" * 400,
    "null",
    "true",
    "\x00",
    "\xff",
    "%",
    "%00",
    "../../etc/passwd",
    "a" * 2000,
    "😀" * 200,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{7*7}}",
    "${x}",
    "\r\nX-Evil: 1",
    "cs.LG",
    "cs.*",
    "-cs.LG",
    "cs.LG,-cs.LG",
    "2026-01-14",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2600.00001",
    "2700.00001v9",
    "text:graph",
    "au:wang",
    "a AND NOT b",
    "((((",
    '"' * 300,
    "^" * 300,
    "*" * 300,
    ",".join("ab"[n % 2] * (n + 1) for n in range(40)),
    "\u202e",
    "\ud7ff",
    "daily",
    "weekly",
)
HEADERS = {
    "accept": ("text/html", "application/json", "*/*", "\xff", ",".join(["a/b;q=0.1"] * 300)),
    "accept-language": ("zh", "xx-" * 500, "en;q=nan", "\xff", ",".join(f"a{n}" for n in range(800))),
    "accept-encoding": ("gzip", "gzip;q=0", "br", "\xff"),
    "if-none-match": ("*", 'W/"x"', '"' * 900, ",".join(['"a"'] * 900)),
    "if-modified-since": ("Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "9" * 200),
    "cookie": ("paperfeed_lang=zz", "a=b; " * 400, '="";;=', "paperfeed_feed=%ff; paperfeed_access=x", "\xff"),
    "authorization": ("Bearer x", "bearer", "Basic !!!", "\xff"),
    "content-type": (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=",
        "text/\xff",
        "",
    ),
    "content-length": ("0", "-1", "99999999999999999999", "x"),
    "origin": ("null", "https://evil.example", "file://", "\xff"),
    "range": ("bytes=0-1", "bytes=-", "bytes=9-1,2-3"),
    "x-forwarded-host": ("evil.example", "a b"),
    "x-forwarded-for": ("1.2.3.4", "x" * 900),
    "expect": ("100-continue",),
    "transfer-encoding": ("chunked", "gzip"),
    "host": ("a", "[::1", "a" * 300, "x y"),
}


NAMES = [
    *(each.name for each in PARAMETERS),
    "key",
    "lang",
    "feed",
    "do",
    "day",
    "week",
    "format",
    "paper",
    "vote",
    "id",
    "name",
    "was",
    "action",
    "interest",
    "seed",
    "zotero",
    "zotero_key",
    "remove",
    "profile",
    "return",
    "category",
    "text",
    "q",
    "page",
    "x" * 300,
]


async def chunked(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 997):
        yield data[start : start + 997]
