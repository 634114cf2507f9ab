"""The cap on a number's calls: the claiming statement and the planner's rule say the same of every history."""

import datetime as dt
import random

from callbacks.calling import case_queue
from callbacks.calling.case_queue import Moment
from callbacks.models import Attempt, Case
from callbacks.rules.caps import Caps, number_day_free
from questionnaires.statements import rows
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, no_case

NUMBERS = 60
TIGHT = Caps(number_per_day=1, number_per_week=3)


async def _histories(place: District, now: dt.datetime, seed: int) -> dict[str, list[dt.datetime]]:
    """Numbers with up to eight dials each in the ten days before, some around midnight of Shanghai."""
    chance = random.Random(seed)
    await place.people_on(await place.project("A"), NUMBERS)
    await place.open(now)
    dials: dict[str, list[dt.datetime]] = {}
    attempts = []
    for case in await Case.all():
        midnight = at(5, 0) - dt.timedelta(days=chance.randrange(8))
        edges = [midnight, midnight - dt.timedelta(microseconds=1)]
        anywhere = [now - dt.timedelta(minutes=chance.randrange(10 * 24 * 60)) for _ in range(chance.randrange(7))]
        dials[str(case.phone_digest)] = starts = anywhere + edges[: chance.randrange(3)]
        attempts += [
            Attempt(
                ref=f"{case.ref}-{number}", case_id=case.id, number=number, phone_digest=case.phone_digest,
                started_at=start, ended_at=start, code="310",
            )
            for number, start in enumerate(starts)
        ]  # fmt: skip
    await Attempt.bulk_create(attempts)
    return dials


async def _free_by_statement(moment: Moment) -> set[str]:
    args: list[object] = []

    def mark(value: object) -> str:
        args.append(value)
        return f"${len(args)}"

    condition = case_queue.number_free(moment, mark)
    found = await rows(f"SELECT c.phone_digest FROM callbacks_case c WHERE {condition}", *args)
    return {each["phone_digest"] for each in found}


async def test_the_statement_and_the_rule_agree_on_random_histories_whatever_the_limits(
    place: District, now: dt.datetime
) -> None:
    dials = await _histories(place, now, 20260305)
    for caps in (Caps(), TIGHT):
        moment = Moment(now, CALENDAR, WINDOWS, caps)
        by_rule = {
            number
            for number, starts in dials.items()
            if number_day_free([WINDOWS.local(start).date() for start in starts], moment.today, caps)
        }
        assert await _free_by_statement(moment) == by_rule
        assert 5 < len(by_rule) < NUMBERS - 5, "the histories must fall on both sides"


async def test_who_was_dialled_four_times_this_week_is_promised_for_the_day_he_may_be_called_again(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    case = await Case.get()
    for number, day in enumerate((1, 2, 3, 4)):
        await Attempt.create(
            ref=f"a{number}", case_id=case.id, number=number, phone_digest=case.phone_digest, started_at=at(day, 10),
            ended_at=at(day, 10), code="310",
        )  # fmt: skip
    nothing = await no_case(agent(), now)
    assert (nothing.counts["capped"], nothing.next_at) == (1, at(8, 9, 30))
