"""Who did not answer, who asked and how: what that may have done to a rate, and what can be corrected."""
