"""
The arXiv gate's rules, pure: one request at a time, spaced from the end of one to the start of the next.

Every store changes its gate by these alone (``core.store.gate_turns``). Times are microseconds since 1970: whole
numbers, the same on every machine.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.store.records import GateAnswer, GateSpacing, GateState

_GATE_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
GATE_SECOND_MICROS: Final = 1_000_000
_FARTHEST_GATE_MICROS: Final = 24 * 3600 * GATE_SECOND_MICROS
"""A pause or a lease that ends later than this from now was written by a clock that went wrong."""


def micros(moment: datetime) -> int:
    return (moment - _GATE_EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    return _GATE_EPOCH + timedelta(microseconds=microseconds)


class Gate(Struct, frozen=True):
    """Who is at arXiv, when the last one left, and until when nobody may go."""

    holder: str = ""
    host: str = ""
    lease: int = 0  # when the holder's right ends
    left: int = 0  # when the last request to any host ended
    left_host: dict[str, int] = {}
    cooling: int = 0
    reason: str = ""


def enter(
    gate: Gate, holder: str, host: str, *, now: datetime, spacing: GateSpacing, lease: timedelta
) -> tuple[Gate, GateAnswer]:
    """Decide whether ``holder`` may ask ``host`` now."""
    now_micros = micros(now)
    gate = _believed_gate(gate, now_micros)
    if gate.cooling > now_micros:
        return gate, GateAnswer((gate.cooling - now_micros) / GATE_SECOND_MICROS, f"cooling down: {gate.reason}")
    if gate.holder and gate.lease > now_micros:
        return gate, GateAnswer(
            min((gate.lease - now_micros) / GATE_SECOND_MICROS, spacing.gate_seconds_any_host), "busy"
        )
    if gate.holder:  # it died: its request may have lasted until the lease ran out
        gate = _gate_left(gate, gate.host, gate.lease)
    same_host_opens = gate.left_host.get(host, 0) + spacing.gate_seconds_same_host * GATE_SECOND_MICROS
    gate_opens = max(gate.left + spacing.gate_seconds_any_host * GATE_SECOND_MICROS, same_host_opens)
    if gate_opens > now_micros:
        return gate, GateAnswer((gate_opens - now_micros) / GATE_SECOND_MICROS, "spacing")
    return replace(gate, holder=holder, host=host, lease=micros(now + lease)), GateAnswer(0.0)


def leave(gate: Gate, holder: str, host: str, *, now: datetime) -> Gate:
    """Count the spacing from now; who left too late, after another entered, pushes it back but frees nothing."""
    gate_left = _gate_left(gate, host, micros(now))
    return replace(gate_left, holder="", host="", lease=0) if gate.holder == holder else gate_left


def _gate_left(gate: Gate, host: str, left_micros: int) -> Gate:
    gate_left_host = gate.left_host | {host: max(gate.left_host.get(host, 0), left_micros)}
    return replace(gate, left=max(gate.left, left_micros), left_host=gate_left_host)


def cool_gate(gate: Gate, until: datetime, reason: str) -> Gate:
    """Close the gate until then, unless it is closed for longer."""
    return replace(gate, cooling=micros(until), reason=reason) if micros(until) > gate.cooling else gate


def gate_state(gate: Gate, *, now: datetime) -> GateState:
    gate = _believed_gate(gate, micros(now))
    return GateState(moment(gate.cooling), gate.reason) if gate.cooling > micros(now) else GateState()


def _believed_gate(gate: Gate, now_micros: int) -> Gate:
    """Leave out times that no clock of these days wrote: they would close the gate until then."""
    farthest_micros = now_micros + _FARTHEST_GATE_MICROS
    if max(gate.lease, gate.left, gate.cooling, *gate.left_host.values(), 0) <= farthest_micros:
        return gate
    gate_left_host = {host: left for host, left in gate.left_host.items() if left <= farthest_micros}
    left, cooling, lease = (end if end <= farthest_micros else 0 for end in (gate.left, gate.cooling, gate.lease))
    return replace(gate, left=left, cooling=cooling, lease=lease, left_host=gate_left_host)
