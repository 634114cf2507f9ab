"""survey_service."""
