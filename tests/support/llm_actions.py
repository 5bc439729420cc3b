"""What a scripted language model may be told to do, and what it is asked."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

ANSWER = {
    "tldr": "A made-up method halves the memory of a made-up cache.",
    "contributions": "- **Problem**: large caches\n- **Idea**: quantize $\\alpha$ keys\n- **Advantage**: half of it",
    "method": "- **Method**: 4-bit keys\n- **Data**: InventedBench\n- **Metrics**: accuracy\n- **Baselines**: FP16",
    "results": "| model | accuracy |\n|---|---|\n| ours | **81.2** |\n| FP16 | 81.3 |",
    "conclusions": "- **Findings**: it works\n- **Limits**: one model family\n- **Future work**: training",
}
CHINESE = {
    "tldr": "一种虚构的方法将虚构缓存的内存减半。",
    "contributions": "- **问题**：缓存占用内存太大\n- **思路**：将 keys 量化为 4 bit\n- **优势**：内存减半",
    "method": "- **方法**：4 bit 量化\n- **数据**：InventedBench 数据集\n- **指标**：准确率\n- **基线**：FP16 模型",
    "results": "准确率达到 **81.2**，与 FP16 基线的 81.3 几乎持平；文中未提及消融实验。",
    "conclusions": "- **发现**：方法有效\n- **局限**：只测试了一个模型系列\n- **未来工作**：训练阶段的量化",
}


@dataclass
class Call:
    """One request, as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    answered: bool = False

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body["messages"]

    @property
    def text(self) -> str:
        return "\n".join(message["content"] for message in self.messages)

    @property
    def title(self) -> str:
        found = re.search(r"^Title: (.*)$", self.text, re.MULTILINE)
        return found[1] if found else ""

    @property
    def is_repair(self) -> bool:
        return self.messages[-2]["role"] == "assistant"

    @property
    def chinese(self) -> bool:
        return "简体中文" in self.messages[0]["content"]


@dataclass
class Say:
    """Stream a text, in pieces; ``cut`` ends the connection after so many of them, without a goodbye."""

    text: str
    delay: float = 0.0
    pieces: int = 4
    finish: str = "stop"
    usage: tuple[int, int] | None = (9_000, 700)
    cut: int | None = None


@dataclass
class Fail:
    """Answer with an error in OpenAI's form."""

    status: int
    message: str = "no"
    code: str = ""
    param: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass
class Raw:
    """Answer with these bytes."""

    body: bytes
    content_type: str = "text/event-stream"
    status: int = 200


@dataclass
class Flood:
    """Answer with one line that does not end; how much of it was taken is ``ScriptedLLM.flooded``."""

    status: int = 200


@dataclass
class Hang:
    """Say nothing for so long, then hang up."""

    seconds: float = 30.0


Action = Say | Fail | Raw | Flood | Hang


def good(call: Call) -> Say:
    """A summary in the language asked for, in the form asked for."""
    answer = CHINESE if call.chinese else ANSWER
    if "response_format" in call.body:
        return Say(json.dumps(answer, ensure_ascii=False))
    return Say("\n\n".join(f"# {name.title() if name != 'tldr' else 'TLDR'}\n{text}" for name, text in answer.items()))
