"""The console script `survey-service`."""

from survey_service.cli.main import main

__all__ = ["main"]
