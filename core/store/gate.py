"""
The arXiv gate's rules, pure: one request at a time, spaced from the end of one to the start of the next.

Every store changes its gate by these alone (``core.store.gate_turns``). Times are microseconds since 1970: whole
numbers, the same on every machine.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.store.records import GateAnswer, GateState, Spacing

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
_FARTHEST: Final = 24 * 3600 * SECOND
"""A pause or a lease that ends later than this from now was written by a clock that went wrong."""


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


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
    gate: Gate, holder: str, host: str, *, now: datetime, spacing: Spacing, lease: timedelta
) -> tuple[Gate, GateAnswer]:
    """Decide whether ``holder`` may ask ``host`` now."""
    at = micros(now)
    gate = _believed(gate, at)
    if gate.cooling > at:
        return gate, GateAnswer((gate.cooling - at) / SECOND, f"cooling down: {gate.reason}")
    if gate.holder and gate.lease > at:
        return gate, GateAnswer(min((gate.lease - at) / SECOND, spacing.any_host), "busy")
    if gate.holder:  # it died: its request may have lasted until the lease ran out
        gate = _left(gate, gate.host, gate.lease)
    ready = max(gate.left + spacing.any_host * SECOND, gate.left_host.get(host, 0) + spacing.same_host * SECOND)
    if ready > at:
        return gate, GateAnswer((ready - at) / SECOND, "spacing")
    return replace(gate, holder=holder, host=host, lease=micros(now + lease)), GateAnswer(0.0)


def leave(gate: Gate, holder: str, host: str, *, now: datetime) -> Gate:
    """Count the spacing from now; who left too late, after another entered, pushes it back but frees nothing."""
    left = _left(gate, host, micros(now))
    return replace(left, holder="", host="", lease=0) if gate.holder == holder else left


def _left(gate: Gate, host: str, at: int) -> Gate:
    hosts = gate.left_host | {host: max(gate.left_host.get(host, 0), at)}
    return replace(gate, left=max(gate.left, at), left_host=hosts)


def cool_down(gate: Gate, until: datetime, reason: str) -> Gate:
    """Close the gate until then, unless it is closed for longer."""
    return replace(gate, cooling=micros(until), reason=reason) if micros(until) > gate.cooling else gate


def state(gate: Gate, *, now: datetime) -> GateState:
    gate = _believed(gate, micros(now))
    return GateState(moment(gate.cooling), gate.reason) if gate.cooling > micros(now) else GateState()


def _believed(gate: Gate, at: int) -> Gate:
    """Leave out times that no clock of these days wrote: they would close the gate until then."""
    end = at + _FARTHEST
    if max(gate.lease, gate.left, gate.cooling, *gate.left_host.values(), 0) <= end:
        return gate
    hosts = {host: left for host, left in gate.left_host.items() if left <= end}
    left, cooling, lease = (each if each <= end else 0 for each in (gate.left, gate.cooling, gate.lease))
    return replace(gate, left=left, cooling=cooling, lease=lease, left_host=hosts)
