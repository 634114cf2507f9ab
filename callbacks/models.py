"""Rows of fieldwork, and of the identity vault that only sealed text enters."""

from tortoise import fields
from tortoise.models import Model

from questionnaires.fields import UtcDatetimeField


class Programme(Model):
    """A yearly list of livelihood projects."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=200, unique=True)
    title = fields.TextField()
    year = fields.IntField()
    level = fields.TextField()
    doc_no = fields.TextField(default="")
    satisfaction_target = fields.IntField(default=900)
    awareness_target = fields.IntField(default=900)

    class Meta:
        table = "callbacks_programme"


class ImportBatch(Model):
    """One applied file."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    kind = fields.TextField()
    project_id = fields.BigIntField(null=True)
    file_name = fields.TextField()
    sha256 = fields.TextField()
    rows_read = fields.IntField()
    rows_kept = fields.IntField()
    warnings = fields.IntField()
    actor_id = fields.BigIntField(null=True)
    applied_at = UtcDatetimeField()
    undone_at = UtcDatetimeField(null=True)
    undo = fields.TextField(default="{}")

    class Meta:
        table = "callbacks_import_batch"


class Department(Model):
    """A department, with its span of life."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=200, unique=True)
    name = fields.TextField()
    kind = fields.TextField()
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)
    successor_id = fields.BigIntField(null=True)
    batch_id = fields.BigIntField(null=True)

    class Meta:
        table = "callbacks_department"


class Zone(Model):
    """A district, street, community or grid."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=200, unique=True)
    name = fields.TextField()
    level = fields.TextField()
    position = fields.IntField()
    parent_id = fields.BigIntField(null=True)
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)
    batch_id = fields.BigIntField(null=True)

    class Meta:
        table = "callbacks_zone"


class Project(Model):
    """A livelihood project."""

    id = fields.BigIntField(primary_key=True)
    programme_id = fields.BigIntField()
    code = fields.CharField(max_length=200, unique=True)
    position = fields.IntField()
    name = fields.TextField()
    full_text = fields.TextField(default="")
    section = fields.TextField(default="")
    public_name = fields.TextField()
    spoken_name = fields.TextField()
    hint = fields.TextField(default="")
    facts = fields.TextField(default="")
    project_class = fields.TextField()
    frame_kind = fields.TextField()
    beneficiary_kind = fields.TextField(default="")
    sensitive = fields.BooleanField(default=False)
    minor = fields.BooleanField(default=False)
    education = fields.BooleanField(default=False)
    declared_count = fields.BigIntField(null=True)
    declared_unit = fields.TextField(default="")
    unit_kind = fields.TextField(default="person")
    budget_fen = fields.BigIntField(null=True)
    window_from_days = fields.IntField(default=7)
    window_to_days = fields.IntField(default=90)
    note = fields.TextField(default="")
    demo = fields.BooleanField(default=False)
    batch_id = fields.BigIntField(null=True)

    class Meta:
        table = "callbacks_project"


class ProjectDepartment(Model):
    """Who leads or cooperates in a project; a collective keeps its original words."""

    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    department_id = fields.BigIntField(null=True)
    zone_id = fields.BigIntField(null=True)
    role = fields.TextField()
    original = fields.TextField(default="")

    class Meta:
        table = "callbacks_project_department"


class CalendarDay(Model):
    """An official holiday, make-up workday or exam day."""

    day = fields.DateField(primary_key=True)
    kind = fields.TextField()
    name = fields.TextField()
    source = fields.TextField()
    batch_id = fields.BigIntField(null=True)

    class Meta:
        table = "callbacks_calendar_day"


class Person(Model):
    """A natural person; everything readable is sealed."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    person_key = fields.CharField(max_length=200, unique=True)
    name_sealed = fields.TextField()
    guardian_sealed = fields.TextField(null=True)
    address_sealed = fields.TextField(null=True)
    birth_year = fields.IntField(null=True)
    sex = fields.TextField(default="")
    language = fields.TextField(default="")
    batch_id = fields.BigIntField(null=True)

    class Meta:
        table = "vault_person"


class Contact(Model):
    """A phone number of a person, sealed, found by its digest."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    person_ref = fields.TextField()
    position = fields.IntField()
    phone_sealed = fields.TextField()
    phone_digest = fields.TextField()
    kind = fields.TextField()
    relation = fields.TextField()
    status = fields.TextField()
    share_count = fields.IntField(default=1)

    class Meta:
        table = "vault_contact"
        unique_together = (("person_ref", "phone_digest"),)


class Entitlement(Model):
    """A person on the list of a project."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    project_id = fields.BigIntField()
    person_ref = fields.TextField()
    zone_id = fields.BigIntField(null=True)
    event_date = fields.DateField(null=True)
    callback_from = fields.DateField(null=True)
    callback_until = fields.DateField(null=True)
    frame_date = fields.DateField()
    channel = fields.TextField(default="")
    amount_band = fields.TextField(default="")
    payments = fields.IntField(default=1)
    batch_id = fields.BigIntField()

    class Meta:
        table = "callbacks_entitlement"
        unique_together = (("project_id", "person_ref"),)


class DoNotContact(Model):
    """A number that must not be contacted."""

    phone_digest = fields.CharField(max_length=200, primary_key=True)
    reason = fields.TextField()
    case_id = fields.BigIntField(null=True)
    at = UtcDatetimeField()
    until = UtcDatetimeField(null=True)

    class Meta:
        table = "callbacks_do_not_contact"


class Wave(Model):
    """A span of fieldwork with its sample and instruments."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=200, unique=True)
    title = fields.TextField()
    programme_id = fields.BigIntField()
    standing = fields.BooleanField(default=False)
    measurement_role = fields.TextField()
    state = fields.TextField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    seed = fields.TextField()
    seed_commitment = fields.TextField()
    phone_version_id = fields.BigIntField(null=True)
    mobile_version_id = fields.BigIntField(null=True)
    recording = fields.BooleanField(default=False)
    allow_links = fields.BooleanField(default=True)
    allow_visits = fields.BooleanField(default=False)
    weekends = fields.BooleanField(default=True)
    form_no = fields.TextField(default="")
    issuer = fields.TextField(default="")
    approval_no = fields.TextField(default="")
    valid_until = fields.DateField(null=True)
    satisfaction_target = fields.IntField(default=900)
    awareness_target = fields.IntField(default=900)
    plan = fields.TextField(default="{}")
    opened_at = UtcDatetimeField(null=True)
    closed_at = UtcDatetimeField(null=True)
    tallies_checked_on = fields.DateField(null=True)

    class Meta:
        table = "callbacks_wave"


class Frame(Model):
    """The list of one project as a wave found it."""

    id = fields.BigIntField(primary_key=True)
    wave_id = fields.BigIntField()
    project_id = fields.BigIntField()
    batch_id = fields.BigIntField(null=True)
    as_of = UtcDatetimeField()
    population = fields.IntField()
    drawn = fields.IntField()
    method = fields.TextField()
    replicate_size = fields.IntField()
    digest = fields.TextField()
    settled_at = UtcDatetimeField(null=True)
    look_refusal = fields.TextField(default="")

    class Meta:
        table = "callbacks_frame"
        unique_together = (("wave_id", "project_id", "batch_id"),)


class Case(Model):
    """A person to be called in a wave."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    wave_id = fields.BigIntField()
    person_ref = fields.TextField()
    contact_ref = fields.TextField(null=True)
    phone_digest = fields.TextField(null=True)
    zone_id = fields.BigIntField(null=True)
    state = fields.TextField()
    priority = fields.IntField(default=0)
    next_attempt_at = UtcDatetimeField(null=True)
    next_reason = fields.TextField(default="")
    overdue_on = fields.DateField(null=True)
    attempts = fields.IntField(default=0)
    max_attempts = fields.IntField(default=6)
    contacted = fields.BooleanField(default=False)
    education = fields.BooleanField(default=False)
    set_aside = fields.BooleanField(default=False)
    requires_senior = fields.BooleanField(default=False)
    language = fields.TextField(default="")
    assigned_agent = fields.BigIntField(null=True)
    keep_agent = fields.BigIntField(null=True)
    claimed_by = fields.BigIntField(null=True)
    claimed_at = UtcDatetimeField(null=True)
    lease_until = UtcDatetimeField(null=True)
    final_code = fields.TextField(null=True)
    repairs = fields.IntField(default=0)
    created_at = UtcDatetimeField()
    changed_at = UtcDatetimeField()

    class Meta:
        table = "callbacks_case"


class Module(Model):
    """One project asked about in a case."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    case_id = fields.BigIntField()
    wave_id = fields.BigIntField()
    project_id = fields.BigIntField()
    zone_id = fields.BigIntField(null=True)
    frame_id = fields.BigIntField()
    position = fields.IntField()
    replicate = fields.IntField()
    sequence = fields.IntField()
    entitlement_id = fields.BigIntField()
    submission_id = fields.BigIntField(null=True)
    weight = fields.BigIntField(default=1)

    class Meta:
        table = "callbacks_module"
        unique_together = (("wave_id", "project_id", "entitlement_id"),)


class Attempt(Model):
    """One dial and what came of it; never edited."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    case_id = fields.BigIntField()
    number = fields.IntField()
    agent_id = fields.BigIntField(null=True)
    phone_digest = fields.TextField(null=True)
    inbound = fields.BooleanField(default=False)
    started_at = UtcDatetimeField()
    ended_at = UtcDatetimeField()
    code = fields.TextField()
    note_sealed = fields.TextField(null=True)
    appointment_at = UtcDatetimeField(null=True)
    contested = fields.BooleanField(default=False)
    corrects_id = fields.BigIntField(null=True)
    before = fields.TextField(default="{}")

    class Meta:
        table = "callbacks_attempt"


class Appointment(Model):
    """A time that a respondent was promised."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    at = UtcDatetimeField()
    made_by = fields.TextField()
    agent_id = fields.BigIntField(null=True)
    state = fields.TextField()
    created_at = UtcDatetimeField()

    class Meta:
        table = "callbacks_appointment"


class NumberRepair(Model):
    """A number that somebody has to find."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    zone_id = fields.BigIntField(null=True)
    reason = fields.TextField()
    state = fields.TextField()
    asked_at = UtcDatetimeField()
    due_on = fields.DateField()
    provisional = fields.BooleanField(default=False)
    closed_at = UtcDatetimeField(null=True)

    class Meta:
        table = "callbacks_number_repair"


class Link(Model):
    """A one-time questionnaire link; only the digest of its token is kept."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=200, unique=True)
    case_id = fields.BigIntField()
    device_hash = fields.TextField(null=True)
    notice_sha256 = fields.TextField(null=True)
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)
    revoked_at = UtcDatetimeField(null=True)

    class Meta:
        table = "callbacks_link"
