"""Sharing zones among agents, and conflicts of interest."""

from hypothesis import given
from hypothesis import strategies as st

from callbacks.rules.assignment import ASSESSMENT, Share, fair_share, in_conflict

ALICE, BOB, CHARLIE = 1, 2, 3


def test_the_one_responsible_for_a_street_does_not_interview_in_its_communities_when_it_is_assessed() -> None:
    community, street, district = 31, 3, 1
    assert in_conflict({street}, [community, street, district], ASSESSMENT)
    assert not in_conflict({street}, [community, street, district], "monitoring")
    assert not in_conflict({4}, [community, street, district], ASSESSMENT)
    assert not in_conflict((), [community, street, district], ASSESSMENT)


def test_zones_stay_whole_where_they_fit_and_are_split_where_not() -> None:
    plan = fair_share({1: 30, 2: 20, 3: 10}, [ALICE, BOB])
    assert plan.shares == (Share(1, ALICE, 30), Share(2, BOB, 20), Share(3, BOB, 10))
    plan = fair_share({1: 60}, [ALICE, BOB, CHARLIE])
    assert [plan.load(agent) for agent in (ALICE, BOB, CHARLIE)] == [20, 20, 20]


def test_an_agent_gets_nothing_of_a_zone_in_conflict() -> None:
    plan = fair_share({1: 30, 2: 30}, [ALICE, BOB], {ALICE: [1]})
    assert plan.shares == (Share(1, BOB, 30), Share(2, ALICE, 30))


def test_a_zone_nobody_may_take_is_named_not_dropped() -> None:
    plan = fair_share({1: 30, 2: 8}, [ALICE, BOB], {ALICE: [1], BOB: [1]})
    assert plan.unassigned == {1: 30}
    assert plan.load(ALICE) + plan.load(BOB) == 8
    assert fair_share({1: 30}, []).unassigned == {1: 30}


@given(st.dictionaries(st.integers(1, 30), st.integers(0, 200), max_size=15), st.integers(1, 8))
def test_without_conflicts_loads_differ_by_at_most_the_rounding(zones: dict[int, int], agents: int) -> None:
    plan = fair_share(zones, list(range(agents)))
    loads = [plan.load(agent) for agent in range(agents)]
    assert sum(loads) == sum(zones.values())
    even = -(-sum(loads) // agents)
    assert max(loads) <= even
    for zone, cases in zones.items():
        assert sum(share.cases for share in plan.shares if share.zone == zone) == cases


@given(
    st.dictionaries(st.integers(1, 12), st.integers(1, 90), max_size=10),
    st.dictionaries(st.integers(0, 4), st.sets(st.integers(1, 12)), max_size=5),
)
def test_conflicts_hold_and_every_case_is_either_shared_or_named(
    zones: dict[int, int], barred: dict[int, set[int]]
) -> None:
    plan = fair_share(zones, range(5), barred)
    assert not any(share.zone in barred.get(share.agent, set()) for share in plan.shares)
    assert sum(share.cases for share in plan.shares) + sum(plan.unassigned.values()) == sum(zones.values())
    assert plan == fair_share(zones, range(5), barred)
