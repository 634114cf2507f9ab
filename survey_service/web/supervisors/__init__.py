"""Pages of the office that runs the survey, and of those with tasks from it."""
