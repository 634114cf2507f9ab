"""Who is there, what was done, and the secrets: accounts, sessions, limits, keys, the trail."""
