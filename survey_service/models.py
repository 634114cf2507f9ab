"""Rows of the service itself: accounts, sessions, keys, the trail, the outbox."""

from tortoise import fields
from tortoise.models import Model

from questionnaires.fields import UtcDatetimeField


class Account(Model):
    """A person who signs in."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200, unique=True)
    display_name = fields.TextField()
    role = fields.TextField()
    agent_no = fields.TextField(null=True)
    password_hash = fields.TextField(null=True)
    department_id = fields.BigIntField(null=True)
    languages = fields.TextField(default="")
    senior = fields.BooleanField(default=False)
    demo = fields.BooleanField(default=False)
    disabled_at = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()

    class Meta:
        table = "survey_service_account"


class AccountZone(Model):
    """A zone that an account may see."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    zone_id = fields.BigIntField()

    class Meta:
        table = "survey_service_account_zone"
        unique_together = (("account_id", "zone_id"),)


class LoginSession(Model):
    """One signed-in browser; only the digest of its cookie is kept."""

    token_hash = fields.CharField(max_length=200, primary_key=True)
    account_id = fields.BigIntField()
    created_at = UtcDatetimeField()
    seen_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()

    class Meta:
        table = "survey_service_login_session"


class AccessToken(Model):
    """A one-time link: first administrator, new password, demonstration login."""

    token_hash = fields.CharField(max_length=200, primary_key=True)
    account_id = fields.BigIntField(null=True)
    purpose = fields.TextField()
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)
    issuer = fields.TextField(default="command")
    awaits = fields.BooleanField(default=False)

    class Meta:
        table = "survey_service_access_token"


class Notice(Model):
    """A sentence for one account, shown on its pages until it says that it was read."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    account_id = fields.BigIntField()
    sentence = fields.TextField()
    link = fields.TextField(default="")
    at = UtcDatetimeField()
    seen_at = UtcDatetimeField(null=True)

    class Meta:
        table = "survey_service_notice"


class ProgramToken(Model):
    """What a program signs its calls with in the name of an account; only the digest of the token is kept."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    account_id = fields.BigIntField()
    label = fields.TextField()
    token_hash = fields.CharField(max_length=200, unique=True)
    scopes = fields.TextField()
    made_by = fields.TextField()
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    revoked_at = UtcDatetimeField(null=True)
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "survey_service_program_token"


class LimitEvent(Model):
    """Something that is counted against a limit, under a keyed digest."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.TextField()
    key_digest = fields.TextField()
    at = UtcDatetimeField()

    class Meta:
        table = "survey_service_limit_event"


class AuditEntry(Model):
    """One link of the hash-chained trail."""

    seq = fields.BigIntField(primary_key=True, generated=False)
    at = UtcDatetimeField()
    real_at = UtcDatetimeField()
    actor = fields.TextField()
    role = fields.TextField()
    address = fields.TextField()
    action = fields.TextField()
    object = fields.TextField()
    outcome = fields.TextField()
    reason = fields.TextField()
    request = fields.TextField()
    details = fields.TextField()
    prev = fields.TextField()
    mac = fields.TextField()

    class Meta:
        table = "survey_service_audit_entry"


class Key(Model):
    """A data key, wrapped by the key-encryption key."""

    kid = fields.CharField(max_length=200, primary_key=True)
    purpose = fields.TextField()
    suite = fields.TextField()
    wrapped = fields.TextField()
    state = fields.TextField()
    created_at = UtcDatetimeField()

    class Meta:
        table = "survey_service_key"


class Lease(Model):
    """Who may tick until when."""

    name = fields.CharField(max_length=200, primary_key=True)
    holder = fields.TextField()
    until_ts = fields.FloatField()

    class Meta:
        table = "survey_service_lease"


class Setting(Model):
    """What this installation was told on its pages."""

    name = fields.CharField(max_length=200, primary_key=True)
    value = fields.TextField()
    changed_at = UtcDatetimeField()

    class Meta:
        table = "survey_service_setting"


class Idempotency(Model):
    """The answer already given to a keyed call."""

    id = fields.BigIntField(primary_key=True)
    key_hash = fields.CharField(max_length=200, unique=True)
    body_hash = fields.TextField()
    status = fields.IntField()
    body = fields.TextField()
    created_at = UtcDatetimeField()

    class Meta:
        table = "survey_service_idempotency"


class Outbox(Model):
    """A message waiting to leave, its text sealed."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    kind = fields.TextField()
    wave_id = fields.BigIntField()
    case_id = fields.BigIntField()
    contact_ref = fields.TextField()
    phone_digest = fields.TextField()
    body_sealed = fields.TextField()
    state = fields.TextField()
    due_at = UtcDatetimeField()
    tries = fields.IntField(default=0)
    provider_ref = fields.TextField(null=True)
    receipt = fields.TextField(null=True)
    last_error = fields.TextField(null=True)
    claimed_by = fields.TextField(null=True)
    lease_until = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()
    sent_at = UtcDatetimeField(null=True)

    class Meta:
        table = "survey_service_outbox"
        unique_together = (("kind", "wave_id", "case_id"),)


class MessageSheet(Model):
    """A sheet of numbers and texts that was handed out."""

    id = fields.BigIntField(primary_key=True)
    wave_id = fields.BigIntField()
    kind = fields.TextField()
    account_id = fields.BigIntField()
    lines = fields.IntField()
    sha256 = fields.TextField()
    at = UtcDatetimeField()

    class Meta:
        table = "survey_service_message_sheet"


class OriginKey(Model):
    """The secret of one wave under which addresses of answers are kept as digests; gone when the wave is closed."""

    wave_id = fields.BigIntField(primary_key=True, generated=False)
    secret_sealed = fields.TextField()

    class Meta:
        table = "survey_service_origin_key"


class Origin(Model):
    """Where a submission came from: a digest of address and class of device, nothing that leads back."""

    submission_id = fields.BigIntField(primary_key=True, generated=False)
    wave_id = fields.BigIntField()
    digest = fields.TextField()

    class Meta:
        table = "survey_service_origin"
