"""What happens behind a questionnaire link."""
