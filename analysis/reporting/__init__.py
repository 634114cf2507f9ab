"""The report of a wave as one object: built from tallies, with its pictures. Pure."""
