"""Which figures may be shown, and which answers should be looked at again: typed flags with plain sentences."""
