"""Verdicts that may be looked at every day: confidence sequence, e-values, closed prefix, settled projects. Pure."""
