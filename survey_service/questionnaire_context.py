"""The hidden values that a questionnaire is asked with: project, installation and agent. Built here only. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """One project as a questionnaire has to know it; `module_ref` names the case x project."""

    module_ref: str
    project_code: str
    project_class: str
    spoken_name: str
    public_name: str
    hint: str
    sensitive: bool
    minor: bool
    form_no: str
    recording: bool


def context(about: About, office: str, salutation: str = "", agent_no: str = "", full_name: str = "") -> dict[str, str]:
    """Values by the names of the forms' hidden items; a sensitive project has its neutral name and no explaining sentence.

    Only an agent's form is given the `full_name`: it says it once the person is known to be on the line.
    """
    return {
        "case_id": about.module_ref,
        "token_ref": about.module_ref,
        "p_code": about.project_code,
        "p_class": "service" if about.project_class == "training" else about.project_class,
        "p_spoken": about.spoken_name,
        "p_name": full_name.partition("（")[0],
        "p_public": about.spoken_name if about.sensitive else about.public_name,
        "p_sensitive": "1" if about.sensitive else "0",
        "p_hint": "" if about.sensitive else about.hint,
        "is_minor": "1" if about.minor else "0",
        "agency_name": office,
        "salutation": salutation,
        "agent_no": agent_no,
        "form_no": about.form_no,
        "recording": "1" if about.recording else "0",
    }
