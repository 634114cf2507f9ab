"""What operators watch: whether the schema is complete, and counts by state without any person in them."""

from questionnaires import statements
from survey_service.operation import migrating

GAUGES = {
    "survey_cases": "SELECT state AS label, count(*) AS n FROM callbacks_case GROUP BY state",
    "survey_submissions": "SELECT state AS label, count(*) AS n FROM questionnaires_submission GROUP BY state",
    "survey_outbox": "SELECT state AS label, count(*) AS n FROM survey_service_outbox GROUP BY state",
    "survey_audit_entries": "SELECT 'all' AS label, count(*) AS n FROM survey_service_audit_entry",
}


async def migrated() -> bool:
    """Every step of the schema that this program knows has been taken, and no other."""
    engine = "sqlite" if statements.dialect() == "sqlite" else "postgresql"
    done = await statements.row("SELECT count(*) AS n FROM survey_service_migration")
    return done is not None and int(done["n"]) == len(migrating.steps(engine))


async def read() -> dict[str, list[tuple[str, int]]]:
    """By gauge, its states and their counts, read beside the writers."""
    return {
        name: [
            (str(each["label"]), int(each["n"]))
            for each in await statements.rows(sql, connection=statements.REPORT_CONNECTION)
        ]
        for name, sql in GAUGES.items()
    }
