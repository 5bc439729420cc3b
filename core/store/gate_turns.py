"""The verbs of ``core.store.base.GateStore``, for stores that can change one value in one step."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from core.errors import UNREADABLE
from core.store import gate as gate_rules
from core.store.gate import Gate
from core.store.records import GateAnswer, GateSpacing, GateState

GateTurnAnswer = TypeVar("GateTurnAnswer")
DecideGateTurn = Callable[[Gate], tuple[Gate, GateTurnAnswer]]


class GateTurns(ABC):
    """Decides by ``core.store.gate`` alone; a store says how the gate is read, and how it is changed in one step."""

    async def enter_gate(
        self, holder: str, host: str, *, now: datetime, spacing: GateSpacing, lease: timedelta
    ) -> GateAnswer:
        return await self._take_gate_turn(
            lambda gate: gate_rules.enter(gate, holder, host, now=now, spacing=spacing, lease=lease)
        )

    async def leave_gate(self, holder: str, host: str, *, now: datetime) -> None:
        await self._take_gate_turn(lambda gate: (gate_rules.leave(gate, holder, host, now=now), None))

    async def cool_gate(self, until: datetime, reason: str) -> None:
        await self._take_gate_turn(lambda gate: (gate_rules.cool_gate(gate, until, reason), None))

    async def gate_state(self, *, now: datetime) -> GateState:
        return gate_rules.gate_state(decode_gate(await self._load_gate()), now=now)

    @abstractmethod
    async def _load_gate(self) -> bytes | None: ...

    @abstractmethod
    async def _take_gate_turn(self, decide: DecideGateTurn[GateTurnAnswer]) -> GateTurnAnswer:
        """Read the gate, decide, and write it back; nobody else changes it in between."""


def decode_gate(gate_blob: bytes | None) -> Gate:
    """Read a stored gate; one that is not there, or that nobody can read, is open: the next turn writes it anew."""
    try:
        return msgspec.json.decode(gate_blob, type=Gate) if gate_blob else Gate()
    except UNREADABLE:
        return Gate()
