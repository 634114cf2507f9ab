"""What staff do beside calling: imports, projects, waves, messages, repairs, accounts."""
