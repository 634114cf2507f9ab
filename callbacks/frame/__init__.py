"""Who can be called: departments, zones, projects, people and their entitlements, from checked files."""
