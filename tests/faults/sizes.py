"""How much each fault test does: little in `make test`, the figures of the reliability bar in `make faults`. One table."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """One column of the table; a `least_` is the vacuity guard: fewer acknowledged events fail the test."""

    kills: int
    least_acks: int
    mutant_kills: int
    serial_submissions: int
    repeat_rounds: int
    deaf_deaths: int
    claim_cases: int
    claim_agents: int
    server_processes: int
    client_processes: int
    canaries: int
    tamperings: int
    real_starts: bool


SMALL = Sizes(
    kills=6,
    least_acks=40,
    mutant_kills=2,
    serial_submissions=25,
    repeat_rounds=3,
    deaf_deaths=2,
    claim_cases=200,
    claim_agents=50,
    server_processes=2,
    client_processes=1,
    canaries=5,
    tamperings=200,
    real_starts=False,
)
FULL = Sizes(
    kills=100,
    least_acks=5_000,
    mutant_kills=12,
    serial_submissions=200,
    repeat_rounds=1_000,
    deaf_deaths=40,
    claim_cases=2_000,
    claim_agents=200,
    server_processes=4,
    client_processes=4,
    canaries=40,
    tamperings=2_000,
    real_starts=True,
)
SIZES = FULL if os.environ.get("FAULTS") == "full" else SMALL
