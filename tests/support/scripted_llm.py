"""A language model that does as it is told, behind OpenAI's HTTP interface, on a port of this machine."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

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


@dataclass
class ScriptedLLM:
    """Asks ``script`` what to answer each chat request; an async context manager. ``calls`` are the chat requests."""

    script: Callable[[Call], Action] = good
    calls: list[Call] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    base_url: str = ""
    flooded: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()

    def titles(self) -> list[str]:
        return [call.title for call in self.calls]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            call = await _read(reader)
            if call.path.endswith("/chat/completions"):
                await self._chat(call, writer)
            else:
                self._file(call, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _chat(self, call: Call, writer: asyncio.StreamWriter) -> None:
        self.calls.append(call)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            action = self.script(call)
            await (self._flood(action, writer) if isinstance(action, Flood) else _perform(action, writer))
            call.answered = True
        finally:
            self.at_once -= 1

    async def _flood(self, flood: Flood, writer: asyncio.StreamWriter) -> None:
        kind = "text/event-stream" if flood.status == 200 else "application/json"
        writer.write(f"HTTP/1.1 {flood.status} Scripted\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        while self.flooded < 400_000_000:
            writer.write(b"x" * 100_000)
            await writer.drain()
            self.flooded += 100_000

    def _file(self, call: Call, writer: asyncio.StreamWriter) -> None:
        if call.method == "POST":
            name = f"file-{len(self.files) + 1}"
            self.files[name] = call.raw
            answer = {"id": name, "object": "file", "bytes": len(call.raw), "purpose": "file-extract"}
        else:
            name = call.path.rpartition("/")[2]
            self.deleted.append(name)
            answer = {"id": name, "object": "file", "deleted": True}
        _respond(writer, 200, json.dumps(answer).encode())


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Call(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def _respond(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> None:
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()] + ["Connection: close", "", ""]
    writer.write("\r\n".join(lines).encode() + body)


async def _perform(action: Action, writer: asyncio.StreamWriter) -> None:
    if isinstance(action, Hang):
        await asyncio.sleep(action.seconds)
    elif isinstance(action, Raw):
        _respond(writer, action.status, action.body, action.content_type)
    elif isinstance(action, Fail):
        await asyncio.sleep(action.delay)
        error = {
            "message": action.message,
            "type": "scripted",
            "code": action.code or None,
            "param": action.param or None,
        }
        _respond(writer, action.status, json.dumps({"error": error}).encode(), headers=action.headers)
    else:
        await _stream(action, writer)


async def _stream(say: Say, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 Scripted\r\nContent-Type: text/event-stream\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunks = _chunks(say)
    for number, chunk in enumerate(chunks):
        if number == say.cut:
            return
        await asyncio.sleep(say.delay / len(chunks))
        await _send(writer, f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())
    await _send(writer, b"data: [DONE]\n\n")
    await _send(writer, b"")


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


def _chunks(say: Say) -> Sequence[dict[str, object]]:
    size = max(1, -(-len(say.text) // say.pieces))
    texts = [say.text[at : at + size] for at in range(0, len(say.text), size)]
    choices: list[list[dict[str, object]]] = [[{"index": 0, "delta": {"content": text}}] for text in texts]
    choices.append([{"index": 0, "delta": {}, "finish_reason": say.finish}])
    chunks = [_chunk(choice) for choice in choices]
    if say.usage:
        asked, answered = say.usage
        usage = {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}
        chunks.append(_chunk([]) | {"usage": usage})
    return chunks


def _chunk(choices: list[dict[str, object]]) -> dict[str, object]:
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": choices}
