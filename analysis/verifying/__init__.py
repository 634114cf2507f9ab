"""Holds our own functions against reference numbers of independent software, case by case; what an auditor runs."""
