"""Reports of waves, and who may see them when."""
