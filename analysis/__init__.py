"""What can be concluded from counts: rates, intervals and verdicts; numbers in, numbers out. Pure."""
