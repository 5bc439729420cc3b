"""
What a summary says to its reader's hands: visit, click, call, pay, log in; and the numbers and names to do it with.

A summary tells what a paper says. A sentence that bids its reader do something, a telephone number, a name at a service
and an account come from whoever made the model write them, unless the paper's own title, abstract or comment has them.
"""

import re
from typing import Final

_DO: Final = (
    r"(?:visit|follow|contact|call|e-?mail|write(?: to)?|text|pay|open|see|try|use|read)(?= \[…)|"
    r"visit (?:us|the|this|our|my|their|its|https?|www|\S+\.\w+)|click|tap (?:on|the|here)|subscribe|sign (?:up|in)|"
    r"log ?in|call (?:us|me|now|the|this (?:number|line)|\+|\d)|phone (?:us|me|the)|text (?:us|me)|"
    r"follow (?:us|me|this|the (?:link|account|page|author)|our|@)|contact (?:us|me|the|our|him|her|them|\S+@)|"
    r"e-?mail (?:us|me|the|your|\S+@)|send (?:us|me|an?|your|the|money|\S+@)|register (?:at|on|with|now|here)|"
    r"download (?:the|it|our|this|now|from|here)|go (?:to|ahead and)|head (?:over )?to|"
    r"install (?:the|it|our|this|now|from)|buy|order (?:now|at|from|yours)|pay (?:us|me|to|with|now|by)|donate|"
    r"transfer (?:money|funds|your|the (?:sum|amount))|scan (?:the|this) (?:qr|code)|"
    r"navigate to|browse to|open (?:the|this|our) (?:link|page|site|url|file|attachment)|join (?:us|our|my|the|now)|"
    r"(?:enter|type|share|give|verify|confirm|update|tell) your|google (?:the|for|us)|message (?:us|me)|whatsapp|"
    r"write to (?:us|me|the)|copy and paste|paste|run (?:the|this) (?:command|script|code)|vote for|"
    r"cite (?:this|us|our)|(?:read|learn|see|find) (?:out )?more (?:at|on)|get (?:it|yours) (?:at|from)"
)
_ENGLISH: Final = (
    (
        r"^\W*(?:to [^.,]{3,60}, )?(?:(?:please|now|then|first|just|simply|also|(?:dear )?readers?[,:]|note[,:]) )*"
        rf"(?:{_DO})\b"
    ),
    (
        r"\b(?:please|(?:you|readers?) (?:must|should|can|may|need to|have to|(?:are|is) (?:asked|urged|invited) to)) "
        rf"(?:\w+ )?(?:{_DO})\b"
    ),
    r"\byour (?:passwords?|accounts?|credit card|bank|wallet|api keys?|credentials|private key|seed phrase)\b",
)
_OTHERS: Final = (
    r"请(?:您|你)?(?:立即|马上)?(?:访问|点击|扫描|联系|关注|下载|添加|发送|拨打|登录|注册|支付|转账|加微信|查看链接)",
    r"(?:扫描|扫码|点击)(?:上方|下方|以下|此处|这里|二维码|链接)|(?:加|关注)(?:我们的)?(?:微信|公众号|QQ)",
    r"(?:アクセス|クリック|ご?連絡|お?問い合わせ|登録|ダウンロード|お電話|送信|ログイン)(?:して)?(?:ください|下さい)",
    r"(?:방문|클릭|연락|다운로드|가입|로그인)(?:해|하)\S{0,4}(?:주세요|십시오|세요)",
    r"^\W*(?:visit[ae]|haga clic|haz clic|contact[ae]|descargu?[ae]|env[ií]e|suscr[ií]b\w+|pulse|acceda)\b",
    r"^\W*llam[ae] (?:al?|nos)\b",
    r"^\W*(?:visitez|cliquez|contactez|t[eé]l[eé]chargez|appelez|envoyez|abonnez|rendez-vous|connectez)\b",
    r"^\W*(?:besuch\w+ sie|klick\w+ sie|kontaktier\w+ sie|rufen sie|laden sie|senden sie|melden sie|gehen sie)\b",
    r"^\W*(?:acess[ea]|clique|entre em contato|baixe|ligue|envie|visitate|cliccate|contattate|scaricate|chiamate)\b",
    r"\b(?:посетите|нажмите|свяжитесь|перейдите|позвоните|скачайте|отправьте|подпишитесь|зарегистрируйтесь)\b",
)
_BIDS: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*_ENGLISH, *_OTHERS))
_SENTENCES: Final = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？\n])")
REMOVED: Final = "[…]"

_TOP: Final = (
    r"(?:com|org|net|edu|io|ai|info|biz|xyz|app|dev|co|ly|gg|me|site|online|top|shop|link|click|cn|ru|de|eu|uk)"
)
_DOT: Final = (
    r"(?:\s?[\[({<]\s?(?:dot|punkt|punto|point|точка|点|\.)\s?[\])}>]\s?|\s(?:dot|punkt|punto|точка)\s|\s\.\s?|点)"
)
_AT: Final = r"(?:\s?[\[({<]\s?(?:at|arroba|ат|@)\s?[\])}>]\s?|\sat\s|\s@\s)"
_PHONE: Final = (
    r"(?<![\w.,])(?:\+|00)[1-9]\d{0,2}[\s().-]{0,2}(?:\d[\s().-]{0,2}){6,13}\d(?!\w)"
    r"|(?<![\w.,])\(?\d{3}\)?[\s.-]\d{3}[.-]\d{4}(?![\w.])"
    r"|(?:电话|微信)[:：]?\s?[\w+-]{5,}|\b(?:tel|phone|call|whatsapp|fax|telefon|wechat|telegram|qq|sms)\b\.?[:：]?\s?[\w@+][\w\s()+@-]{0,3}\d[\d\s()-]{4,}"
)
_NAMES: Final = (
    r"(?<![\w@.])@[A-Za-z_]\w{2,}"
    r"|(?-i:\b(?:0x[0-9a-fA-F]{40}|bc1[a-z0-9]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|[A-Z]{2}\d{2}(?: ?\d{4}){3,6})\b)"
)
_SPELLED: Final = (
    rf"\b[\w-]+(?:{_AT}[\w-]+)?(?:{_DOT}[\w-]+){{0,3}}{_DOT}{_TOP}\b(?:\s?/\s?\S+|\s(?:slash|schrägstrich|barra)\s\S+)*"
    rf"|\b[\w.-]+{_AT}[\w-]+(?:\.|{_DOT}){_TOP}\b"
    r"|\b[\w-]+\.\s(?:com|org|net)\b(?:/\S*)?"
)
_CONTACT: Final = re.compile(f"{_PHONE}|{_NAMES}|{_SPELLED}", re.IGNORECASE)
_GAPS: Final = re.compile(r"[\s().-]+")


def without_appeals(text: str, shown: str) -> str:
    """
    Take out of plain text what bids the reader do something, and numbers and names to do it with; ``[…]`` stands there.

    What stands in ``shown``, the paper's own title, abstract and comment, stays.
    """
    own = _plain(shown)

    def judge(found: re.Match[str]) -> str:
        return found[0] if _plain(found[0]) in own else REMOVED

    sentences = _SENTENCES.split(_CONTACT.sub(judge, text))
    return "".join(each if not _bids(each) or _plain(each) in own else _taken_out(each) for each in sentences)


def _bids(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in _BIDS)


def _taken_out(sentence: str) -> str:
    """A mark in its place, with the blanks that were before it."""
    return sentence[: len(sentence) - len(sentence.lstrip())] + REMOVED


def _plain(text: str) -> str:
    return _GAPS.sub("", text).lower()
