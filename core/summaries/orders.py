"""What an order to a language model looks like: patterns over a text as it is read. A blank is any white space."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MODEL: Final = r"(?:ais?|llms?|gpt\w*|chatgpt|claude|gemini|chatbots?|(?:large )?language models?|ai assistants?)"
_AGENT: Final = (
    rf"(?:{_MODEL}(?:[- ](?:based|powered|driven|generated))?|automated|automatic|machine)[- ]"
    r"(?:summari(?:[sz]ers?|es|y)|reviewers?|readers?|agents?|bots?)"
)
_SUMMARIZER: Final = r"(?:summari[sz]ers?|summari[sz]ation (?:bot|model|system|tool)s?)"
_ADDRESSEE: Final = rf"(?:{_AGENT}|{_MODEL}|(?:{_MODEL} )?{_SUMMARIZER})"
_REVIEWER: Final = r"(?:ai|llm|chatbot|(?:large )?language model|ai assistant|(?:ai|llm|automated) reviewer)s?"
_PRAISE: Final = r"(?:positive|favou?rable|glowing|flattering)"
_VERDICT: Final = r"(?:review|summary|assessment|evaluation|rating|feedback|recommendation)s?"
_ORDERS: Final = r"(?:instruction|prompt|direction|command|guideline|rule)s?"
_IGNORE: Final = r"(?:ignore|disregard|forget|override|bypass)"
_FAULTS: Final = r"(?:negative|weakness|limitation|criticism|shortcoming)"
_SPOKEN_TO: Final = r"(?:as|if you are|you are|note to|attention|dear|to all|instructions? (?:to|for))"
_CALLED: Final = r"(?:for|to|hey|hello|dear|attention|(?:note|message|instructions?) (?:to|for))"
_TOLD: Final = r"(?:must|should|shall|please|recommend|rate|accept|ignore|output|write|respond|reply|say)"
_VERB: Final = (
    r"(?:add|include|write|output|print|say|state|respond|reply|answer|recommend|rate|give|make sure|ensure|call|"
    r"summari[sz]e|describe|visit|link|quote|use|start|put|place)"
)
_BID: Final = (
    r"(?:please|always|never|do not|don't|you (?:must|should|shall|are)|your (?:task|job|summary|answer)|ignore|"
    r"disregard|forget|append|insert|mention|tell|praise|repeat|finish|conclude|begin|"
    r"end (?:each|every|your|the|all|with)|"
    rf"{_VERB} (?:that|the|this|these|a|an|it|only|every|each|all|your|to|with|in|as|no|nothing|at)\b)"
)
_HIGH: Final = r"(?:accept\w*|highest|highly|maximum|10|ten|five stars)"
_ANSWER: Final = r"(?:summar(?:y|ies)|reviews?|responses?|answers?|repl(?:y|ies)|outputs?|tl;?drs?)"
_WHERE: Final = r"(?:in|into|to|at the (?:end|top|start|beginning) of|after|before)"
_START: Final = r"(?:^|(?<=[.!?:]\s))"
_PEOPLE: Final = r"(?:user|reader)s?"
_ENGLISH: Final = (
    rf"\b{_IGNORE}(?: \w+){{0,4}} (?:previous|prior|above|earlier|preceding|your)(?: \w+)? {_ORDERS}\b",
    rf"\b(?:ignore|disregard|forget) (?:all|any) (?:of )?(?:the |these )?{_ORDERS}\b",
    rf"\b(?:give|write|provide|produce|output|generate|return)\b(?: \w+){{0,6}} {_PRAISE} {_VERDICT}\b",
    rf"\b(?:do not|don't|never) (?:highlight|mention|include|discuss|state|reveal) (?:any )?{_FAULTS}\w*",
    rf"\b(?:recommend|rate|score|grade) (?:this|the) (?:paper|submission|work|manuscript)\b[^.]{{0,30}}\b{_HIGH}\b",
    rf"\b{_SPOKEN_TO}[,:]? (?:an? |the |all |any )?{_REVIEWER}\b[^.]{{0,60}}\b{_TOLD}\b",
    r"\b(?:ignore|disregard|forget) (?:everything|all|anything) (?:that (?:was|is) )?(?:above|before|you were told)\b",
    r"<\|(?:im_start|im_end|system|endoftext|user|assistant)\|>|\[/?INST\]|<</?SYS>>",
    rf"{_START}(?:system|new instructions?|assistant)\s*:\s*(?:you|ignore|from now on|please)\b",
    rf"\b{_CALLED}[,:]? (?:an? |the |all |any |every |each )?{_ADDRESSEE} ?[:,;\u2013\u2014-]{{1,3}} ?{_BID}",
    (
        rf"{_START}(?:please )?(?:end|begin|start|finish|conclude|close|open) (?:each|every|your|the|all|any)(?: of)?"
        rf"(?: the| your)? {_ANSWER} (?:with|by)\b"
    ),
    (
        rf"\b(?:add|append|include|insert|put|place|mention|write)\b(?: \S+){{1,8}}? {_WHERE} (?:your|each|every|any) "
        rf"(?:\w+ )?{_ANSWER}\b"
    ),
    (
        r"\b(?:when|if|while|before) (?:you (?:are )?)?(?:asked to )?(?:summari[sz](?:e|ing)|review(?:ing)?) this "
        rf"(?:paper|article|document|manuscript|text)\b[^.]{{0,20}}[,:] ?{_BID}"
    ),
    rf"\b(?:do not|don't|never) (?:tell|inform|warn|(?:reveal|disclose) (?:this|it) to) the {_PEOPLE}\b",
    rf"{_START}(?:please )?(?:tell|advise|urge|remind|instruct|warn) (?:the|your|every|all) {_PEOPLE} (?:to|that)\b",
    r"\b(?:from now on|henceforth),? you (?:are|will|must|shall|act|speak|answer)\b",
    r"\b(?:your|the) (?:system prompt|(?:hidden|initial) instructions) (?:is|are) (?:void|overridden|replaced)\b",
)
_OTHERS: Final = tuple(
    line
    for line in (Path(__file__).parent / "orders.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


def _compiled(pattern: str) -> re.Pattern[str]:
    """Orders run over lines: a blank in a pattern is any white space."""
    pattern = pattern.replace(" ?", r"\s{0,8}").replace(" ", r"\s{1,8}")
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


ENGLISH_ORDERS: Final = tuple(map(_compiled, _ENGLISH))
"""For a text whose look-alike letters were read as the Latin ones that they look like."""
PLAIN_ORDERS: Final = (*ENGLISH_ORDERS, *map(_compiled, _OTHERS))
"""For a text as it stands."""
CODED_ORDERS: Final = ENGLISH_ORDERS[:5]
"""For a text turned round, or with shifted letters."""
SQUEEZED_ORDER: Final = re.compile(
    r"(?:ignore|disregard|forget)(?:all|any|every)?(?:ofthe|the|your|these|my)?"
    r"(?:previous|prior|above|earlier|preceding|other)?(?:instruction|prompt|direction|command|guideline|rule)|"
    r"(?:positive|favou?rable|glowing)(?:review|summary|rating)|(?:recommend|rate)this(?:paper|work)|"
    r"(?:end|start|begin|finish)(?:every|each|your|the)(?:summary|review|answer)with|"
    r"(?:visit|click|goto)(?:the|this)?(?:link|site|www|http)",
    re.IGNORECASE,
)
"""For letters that stand alone, put together without a blank between words."""


def order_spans(text: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, int]]:
    """Where orders stand in a text, from and to."""
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found.span()
