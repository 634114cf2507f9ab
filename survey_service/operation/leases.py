"""A lease row names the one process that may tick; it is renewed each second and taken over within seconds."""

import time

from questionnaires import statements

LIFE_SECONDS = 3.0


async def hold(name: str, holder: str) -> bool:
    """Take or renew the lease; False while another process holds it. The database's clock decides on PostgreSQL."""
    if statements.dialect() == "sqlite":
        now = time.time()
        taken = await statements.rows(
            "INSERT INTO survey_service_lease (name, holder, until_ts) VALUES ($1, $2, $3) "
            "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ts = excluded.until_ts "
            "WHERE survey_service_lease.holder = excluded.holder OR survey_service_lease.until_ts < $4 "
            "RETURNING holder",
            name, holder, now + LIFE_SECONDS, now,
        )  # fmt: skip
    else:
        taken = await statements.rows(
            "INSERT INTO survey_service_lease (name, holder, until_ts) "
            "VALUES ($1, $2, extract(epoch FROM clock_timestamp()) + $3) ON CONFLICT (name) DO UPDATE "
            "SET holder = excluded.holder, until_ts = excluded.until_ts "
            "WHERE survey_service_lease.holder = excluded.holder "
            "OR survey_service_lease.until_ts < extract(epoch FROM clock_timestamp()) RETURNING holder",
            name, holder, LIFE_SECONDS,
        )  # fmt: skip
    return bool(taken)


async def drop(name: str, holder: str) -> None:
    """Give the lease back at a clean stop."""
    await statements.execute("DELETE FROM survey_service_lease WHERE name = $1 AND holder = $2", name, holder)
