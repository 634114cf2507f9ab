"""What the rows of each kind of list mean, checked one by one and as a whole. Pure."""
