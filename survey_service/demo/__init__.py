"""A demonstration district: real projects and zones, invented people, a wave half done."""
