"""Everything that can go wrong in the service, and the one map from errors to status, stable code and sentence."""

from dataclasses import dataclass


class ServiceError(Exception):
    """An expected error; its class says which, its fields say what about."""


class SealBroken(ServiceError):
    """A sealed value was altered, moved, or its key is missing. Carries the column, never the value."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class OperatorRefused(ServiceError):
    """A set-up that must not run; the message is the sentence for the operator."""


class KeyFileRefused(OperatorRefused):
    """The key file is missing, not a key, or readable by others."""


class SchemaRefused(OperatorRefused):
    """The database's schema and this program do not fit."""


class DatabaseInUse(OperatorRefused):
    """Another process serves this embedded database."""


class AccountRefused(OperatorRefused):
    """An account cannot be made or changed as asked."""


class NoFactRecorded(ServiceError):
    """A state-changing request ended without saying what it changed; it is rolled back."""


class NotSignedIn(ServiceError):
    """The page needs an account."""


class NotAllowed(ServiceError):
    """The role may not do this."""


class NotFound(ServiceError):
    """No such thing, or not in the caller's scope: the answer is the same."""


class ForgedRequest(ServiceError):
    """The request does not prove that it comes from our own page."""


class LoginRefused(ServiceError):
    """Name or password wrong, account disabled or locked: one answer for all."""


class TooManyTries(ServiceError):
    """A limit is reached; carries the seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds


class BadInput(ServiceError):
    """A field that cannot be used; the message is the sentence for the user."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class KeyReused(ServiceError):
    """The same Idempotency-Key came with another body."""


class NoPhoneForm(ServiceError):
    """The wave has no questionnaire for calls."""


class ResultsHidden(ServiceError):
    """Results are hidden from this role until the wave closes."""


class LinkUsed(ServiceError):
    """The questionnaire behind this link was submitted already."""


class LinkExpired(ServiceError):
    """The link's days are over."""


class LinkRevoked(ServiceError):
    """The link was taken back: the respondent declined, or a newer one was sent."""

    def __init__(self, declined: bool = False) -> None:
        super().__init__()
        self.sentence = "您表示过不参加，这个链接已经停用。" if declined else ""


class OutOfScope(ServiceError):
    """The program's token is not for this call."""


class LinkAwaits(ServiceError):
    """The set-password link waits for the second person who has to confirm it."""


class FieldworkClosed(ServiceError):
    """The wave takes no answers any more, or the case needs none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an error is answered."""

    status: int
    code: str
    sentence: str


ANSWERS: dict[type[Exception], Answer] = {
    NotSignedIn: Answer(401, "not-signed-in", "请先登录。"),
    NotAllowed: Answer(403, "not-allowed", "您的角色不能做这件事。"),
    OutOfScope: Answer(403, "out-of-scope", "这个令牌的用途不包括这个接口。"),
    NotFound: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    ForgedRequest: Answer(403, "forged-request", "这个请求不是从本系统的页面发出的，请刷新页面后再试。"),
    LoginRefused: Answer(401, "login-refused", "账号或密码不对。"),
    TooManyTries: Answer(429, "too-many-tries", "尝试次数过多，请稍后再试。"),
    BadInput: Answer(422, "bad-input", "填写的内容有误。"),
    KeyReused: Answer(409, "key-reused", "同一个 Idempotency-Key 已用于另一份内容。"),
    NoPhoneForm: Answer(409, "no-phone-form", "这个批次没有电话问卷，请告诉督导。"),
    ResultsHidden: Answer(403, "results-hidden", "批次结束前，被评单位看不到结果。"),
    LinkUsed: Answer(409, "link-used", "这份问卷已经提交过了，一个链接只能用一次。"),
    LinkExpired: Answer(410, "link-expired", "这个链接过了有效期。"),
    LinkRevoked: Answer(410, "link-revoked", "这个链接已经停用，可能已经给您换了新的链接，请看最近的一条短信。"),
    LinkAwaits: Answer(409, "link-awaits", "这个链接还要另一位管理员或督导确认后才能用，请过一会儿再打开。"),
    FieldworkClosed: Answer(410, "closed", "这次回访已经结束。"),
    SealBroken: Answer(500, "internal", "系统出错了，请把请求编号告诉管理员。"),
    NoFactRecorded: Answer(500, "internal", "系统出错了，请把请求编号告诉管理员。"),
}
"""Errors of callbacks and questionnaires are added by `survey_service.web.error_pages`, which may import them."""
