"""Short messages and how they leave."""
