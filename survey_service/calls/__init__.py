"""What an agent sees and leaves in a call."""
