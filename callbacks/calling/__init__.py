"""Cases in the hands of agents: taken, dialled, answered, promised, ended."""
