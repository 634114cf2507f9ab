"""Rows of instruments and answers. Answer rows and open texts have composite keys and are written by raw statements."""

from tortoise import fields
from tortoise.models import Model

from questionnaires.fields import UtcDatetimeField


class Version(Model):
    """A published questionnaire, immutable."""

    id = fields.BigIntField(primary_key=True)
    key = fields.TextField()
    version = fields.TextField()
    mode = fields.TextField()
    title = fields.TextField()
    sha256 = fields.TextField()
    definition = fields.TextField()
    published_at = UtcDatetimeField()

    class Meta:
        table = "questionnaires_version"
        unique_together = (("key", "sha256"),)


class Submission(Model):
    """A set of answers from one respondent; closed answers as JSON."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=200, unique=True)
    key = fields.CharField(max_length=200, unique=True)
    version_id = fields.BigIntField()
    mode = fields.TextField()
    state = fields.TextField()
    answers = fields.TextField(default="{}")
    proxy = fields.TextField(default="self")
    coached = fields.BooleanField(default=False)
    started_at = UtcDatetimeField()
    changed_at = UtcDatetimeField()
    submitted_at = UtcDatetimeField(null=True)
    void_reason = fields.TextField(null=True)
    digest = fields.TextField(null=True)

    class Meta:
        table = "questionnaires_submission"


class AnswerEvent(Model):
    """When an item was answered or changed; open text leaves no value here."""

    id = fields.BigIntField(primary_key=True)
    submission_id = fields.BigIntField()
    item = fields.TextField()
    code = fields.TextField(null=True)
    at = UtcDatetimeField()

    class Meta:
        table = "questionnaires_answer_event"
