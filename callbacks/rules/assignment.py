"""Sharing zones out among agents fairly, and keeping the responsible out of their own assessment. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

ASSESSMENT = "assessment"
"""The measurement role of a wave whose results judge the zones (考核)."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many cases of a zone for one agent."""

    zone: int
    agent: int
    cases: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The shares, and the cases of zones no agent may take."""

    shares: tuple[Share, ...]
    unassigned: Mapping[int, int]

    def load(self, agent: int) -> int:
        """The cases an agent has been given."""
        return sum(share.cases for share in self.shares if share.agent == agent)


def in_conflict(responsible_for: Collection[int], zone_path: Sequence[int], measurement_role: str) -> bool:
    """An agent may not interview where he is responsible (包保) when the wave assesses that zone.

    `zone_path` is the case's zone with everything above it: responsibility for a street covers its communities.
    """
    return measurement_role == ASSESSMENT and not set(responsible_for).isdisjoint(zone_path)


def fair_share(
    zones: Mapping[int, int],
    agents: Sequence[int],
    barred: Mapping[int, Collection[int]] | None = None,
) -> Plan:
    """Share `zones` (cases in each) out so that loads are as even as conflicts allow.

    Large zones first, each whole where it fits under the even share and split where not; ties go to the agent named
    first, so the same input gives the same plan. `barred` names per agent the zones in conflict (see `in_conflict`).
    """
    loads = dict.fromkeys(agents, 0)
    even = -(-sum(zones.values()) // len(loads)) if loads else 0
    shares: list[Share] = []
    unassigned: dict[int, int] = {}
    for zone, cases in sorted(zones.items(), key=lambda item: (_choice(item[0], loads, barred), -item[1], item[0])):
        allowed = [agent for agent in loads if zone not in (barred or {}).get(agent, ())]
        if not allowed and cases:
            unassigned[zone] = cases
            continue
        for share in _split(zone, cases, allowed, loads, even):
            loads[share.agent] += share.cases
            shares.append(share)
    return Plan(tuple(shares), unassigned)


def _choice(zone: int, loads: Mapping[int, int], barred: Mapping[int, Collection[int]] | None) -> int:
    """How many agents may take the zone; the zones with the least choice are given out first."""
    return sum(1 for agent in loads if zone not in (barred or {}).get(agent, ()))


def _split(zone: int, cases: int, allowed: Sequence[int], loads: Mapping[int, int], even: int) -> Sequence[Share]:
    """One zone over the least loaded of its agents, each up to the even share; what is left over goes to them evenly."""
    given = dict.fromkeys(allowed, 0)
    left = cases
    while left:
        agent = min(allowed, key=lambda a: loads[a] + given[a])
        room = even - loads[agent] - given[agent]
        part = min(left, room if room > 0 else 1)
        given[agent] += part
        left -= part
    return [Share(zone, agent, count) for agent, count in given.items() if count]
