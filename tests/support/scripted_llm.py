"""A language model that does as it is told, behind OpenAI's HTTP interface, on a port of this machine."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import openai  # noqa: F401 - else the first test's deadline pays for the import, which takes seconds on a busy machine

from tests.support.llm_actions import Action, Call, Fail, Flood, Hang, Raw, Say, good


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
