"""The ways out of the house: each a Protocol, one real adapter over HTTP, and a recording stand-in for tests."""
