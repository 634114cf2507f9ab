"""`python -m survey_service` is the console script."""

from survey_service.cli.main import main

main()
