"""Many projects side by side: what may be said of all of them at once, the funnel, ranks that do not differ. Pure."""
