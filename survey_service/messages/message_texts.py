"""The words of short messages: neutral, signed, without project, name or amount. Pure."""

from dataclasses import dataclass

from survey_service.settings import Settings

NOTICE = "notice"
INVITATION = "invitation"
KINDS = {NOTICE: "预告短信", INVITATION: "自填邀请"}


@dataclass(frozen=True, slots=True)
class Words:
    """What an installation says of itself in messages."""

    signature: str
    office: str
    office_phone: str
    calling_number: str
    hotline: str


def words(settings: Settings) -> Words:
    """The installation's own words."""
    return Words(
        settings.sms_signature, settings.office_name, settings.office_phone or settings.hotline,
        settings.calling_number or settings.office_phone or settings.hotline, settings.hotline,
    )  # fmt: skip


def notice(own: Words) -> str:
    """预告短信: that we shall call, from which number, and how to check that it is us."""
    return (
        f"【{own.signature}】您好，我们将在近日9:00—20:30用{own.calling_number}电话回访民生政策落实情况，约3—5分钟，自愿参加，"
        f"不收费、不问银行卡和验证码。查证请拨{own.office}{own.office_phone}或{own.hotline}。"
    )


def invitation(own: Words, link: str, days: int) -> str:
    """自填短信: the one-time link."""
    return (
        f"【{own.signature}】诚邀您用2分钟评价今年的民生工作：{link} （{days}日内有效，仅可提交一次）。"
        f"不填姓名证件，查证请拨{own.office_phone}或{own.hotline}。不想参加可在页面里选。"
    )
