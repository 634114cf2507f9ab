"""The trail in plain Chinese: what every action, object and detail is called. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callbacks.errors import UnknownOutcome
from callbacks.frame.files.columns import KIND_WORDS
from callbacks.rules import dispositions
from callbacks.rules.states import CaseState
from callbacks.rules.stopping import Why
from survey_service.trust.viewer import LABELS

SHOWN_OF_A_DIGEST = 12
CASE, WAVE, ACCOUNT, SUBMISSION, IMPORT, MESSAGE = "个案", "批次", "账号", "答卷", "导入", "短信"


@dataclass(frozen=True, slots=True)
class Action:
    """What happened, and the kind of thing it happened to ("" where the object says nothing to a reader)."""

    label: str
    about: str = ""


ACTIONS: Mapping[str, Action] = {
    "signed_in": Action("登录", ACCOUNT),
    "signed_out": Action("退出登录", ACCOUNT),
    "sign_in_refused": Action("登录失败"),
    "access_denied": Action("越权访问被拒", "页面"),
    "access_link_issued": Action("发一次性登录或设密码链接", ACCOUNT),
    "account_link_used": Action("用一次性链接进来", ACCOUNT),
    "account_link_confirmed": Action("第二人确认设密码链接", ACCOUNT),
    "account_link_refused": Action("第二人收回设密码链接", ACCOUNT),
    "notice_acknowledged": Action("看过告知", "告知，编号"),
    "program_token_made": Action("建程序令牌", "令牌，编号"),
    "program_token_revoked": Action("停用程序令牌", "令牌，编号"),
    "origin_key_destroyed": Action("销毁批次的来源密钥", "批次，内部编号"),
    "password_set": Action("设密码", ACCOUNT),
    "account_added": Action("建账号", ACCOUNT),
    "account_disabled": Action("停用账号", ACCOUNT),
    "account_enabled": Action("启用账号", ACCOUNT),
    "account_role_changed": Action("改账号角色", ACCOUNT),
    "sessions_ended": Action("强制退出", ACCOUNT),
    "person_revealed": Action("查看姓名住址", CASE),
    "phone_revealed": Action("查看号码", CASE),
    "number_searched": Action("按号码查个案", "查的人，编号"),
    "report_exported": Action("下载报告", WAVE),
    "messages_exported": Action("下载短信名单", WAVE),
    "audit_verified": Action("核对审计链"),
    "import_uploaded": Action("上传导入文件", IMPORT),
    "import_applied": Action("确认导入", IMPORT),
    "import_discarded": Action("放弃导入文件", IMPORT),
    "import_undone": Action("撤销导入", IMPORT),
    "import_not_taken_up": Action("到期回访没有安排成", IMPORT),
    "batch_unframed": Action("撤回到期回访的抽样", "导入，编号"),
    "callbacks_scheduled": Action("安排到期回访", WAVE),
    "project_edited": Action("修改项目", "项目"),
    "project_not_edited": Action("项目没有改成", "项目"),
    "wave_opened": Action("开始批次", WAVE),
    "wave_closed": Action("结束批次", WAVE),
    "project_settled": Action("项目已有结论，停止拨打", WAVE),
    "project_resumed": Action("项目恢复拨打", WAVE),
    "replicate_released": Action("放出下一批样本", WAVE),
    "questionnaire_published": Action("发布问卷", "问卷版本"),
    "questionnaire_unchanged": Action("问卷没有变化", "问卷版本"),
    "case_claimed": Action("领取个案", CASE),
    "case_claimed_again": Action("再看已领的个案", CASE),
    "case_not_found": Action("没有可领的个案", "回访员，编号"),
    "case_released": Action("放回个案", CASE),
    "claim_renewed": Action("继续占用个案", CASE),
    "lease_expired": Action("占用到时，系统收回个案", CASE),
    "attempt_recorded": Action("记拨打结果", CASE),
    "attempt_repeated": Action("重复提交同一次拨打", CASE),
    "attempt_contested": Action("个案已被收回后才记的结果，待督导核对", CASE),
    "attempt_corrected": Action("更正拨打结果", CASE),
    "attempt_withdrawn": Action("撤销拨打结果", CASE),
    "late_result_taken_over": Action("督导采用迟到的结果", CASE),
    "late_result_settled": Action("督导处理迟到的结果", CASE),
    "case_answered": Action("答完，个案完成", CASE),
    "case_answered_in_call": Action("通话中群众自己答完", CASE),
    "answers_kept_apart": Action("答案另存，待核对", CASE),
    "case_declined": Action("群众不愿受访", CASE),
    "case_ended_by_death": Action("另一次回访得知本人已故，个案结束", CASE),
    "invitation_queued": Action("单独给一人发问卷短信", CASE),
    "case_barred": Action("不再联系，个案结束", CASE),
    "case_postponed": Action("系统推后拨打", CASE),
    "case_resumed": Action("恢复挂起的个案", CASE),
    "case_closed": Action("结案", CASE),
    "cases_promoted": Action("到期个案进名单", "状态"),
    "appointment_made": Action("群众约时间", CASE),
    "appointment_missed": Action("约好的时间过了没有拨", "预约，编号"),
    "number_fixed": Action("补上号码", CASE),
    "number_not_found": Action("没有找到号码", CASE),
    "deadlines_recounted": Action("按新日历重算期限"),
    "link_issued": Action("生成问卷链接", CASE),
    "links_issued": Action("成批生成问卷链接", WAVE),
    "link_started": Action("群众同意并开始作答", CASE),
    "link_used": Action("群众提交，链接用掉", CASE),
    "submission_started": Action("开始答卷", SUBMISSION),
    "submission_resumed": Action("接着答卷", SUBMISSION),
    "submission_saved": Action("存答案", SUBMISSION),
    "submission_submitted": Action("提交答卷", SUBMISSION),
    "submission_repeated": Action("重复提交同一份答卷", SUBMISSION),
    "submission_superseded": Action("同一个案已另有答卷，本份不计", SUBMISSION),
    "look_refused": Action("不能边看边定论", WAVE),
    "look_taken": Action("按次序看一次证据", WAVE),
    "looks_replaced": Action("答卷有变，证据重新计算", WAVE),
    "tallies_corrected": Action("汇总数与答卷不符，已按答卷重算", WAVE),
    "submission_voided": Action("复核作废答卷", SUBMISSION),
    "messages_queued": Action("短信排队", WAVE),
    "messages_claimed": Action("取出待发短信"),
    "messages_sent": Action("发出短信"),
    "messages_lost": Action("短信发出情况不明"),
    "message_settled": Action("短信有了结果", MESSAGE),
    "message_settled_by_hand": Action("人工登记短信结果", MESSAGE),
    "messages_marked_live": Action("标记为正式运行"),
    "messages_marked_not_live": Action("取消正式运行"),
    "receipt_kept": Action("短信回执，待对上", MESSAGE),
    "receipt_taken": Action("短信回执", MESSAGE),
    "receipt_ignored": Action("短信回执已过时，不取", MESSAGE),
    "receipt_refused": Action("短信回执来源不对，已拒绝"),
    "receipts_read": Action("读短信回执"),
    "step_begun": Action("系统定时步骤"),
    "demo_built": Action("建演示数据", "年度"),
    "demo_projects_described": Action("写演示项目说明", "年度"),
    "demo_order_set": Action("排演示次序", "年度"),
    "demo_cases_ordered": Action("排好演示的头几个个案", WAVE),
    "demo_links_issued": Action("生成演示问卷链接", WAVE),
    "demo_clock_forwarded": Action("快进演示时钟"),
}

DETAILS: Mapping[str, str] = {
    "account": "账号编号", "awaits": "等第二人确认", "days": "天数", "issuer": "谁发的", "scopes": "令牌用途",
    "today": "今天第几次",
    "agent": "回访员编号", "attempt": "拨打", "batch": "导入", "before": "原状态", "by": "方式", "bytes": "字节数",
    "callbacks_moved": "改期的回访", "case": "个案编号", "cases": "个案数", "changed": "改动题数", "code": "结果",
    "commitment": "抽样种子的承诺值", "count": "数量", "entries": "核对条数", "error": "错误", "expires_on": "到期日",
    "fields": "改了哪些", "format": "格式", "found": "查到", "from": "从", "inbound": "来电", "key": "问卷", "kind": "种类",
    "listed": "名单人数", "minutes": "分钟", "mode": "方式", "modules": "问卷份数", "never": "今后都不联系",
    "notice": "告知书摘要", "number": "编号", "on": "日期", "partial": "没有答完", "people": "人数",
    "problems": "发现的问题", "project": "项目", "projects": "项目数", "purpose": "用途", "reason": "原因",
    "refused": "没有收下的题数", "repair": "补号任务", "responsible": "包保片区数",
    "role": "角色", "roster_check": "需核对名单", "rows": "行数",
    "scale": "规模", "sha256": "文件摘要", "standing": "常年批次", "state": "状态", "to": "到", "version": "版本",
    "cells": "改正的格数", "metric": "指标", "queued_as": "短信", "turned": "个案转为自填或入户", "valid": "有效答案",
    "warnings": "提醒数", "was": "原结果", "why": "为什么", "zones": "片区数",
}  # fmt: skip
_REASONS = {
    "scope": "令牌没有这个用途", "zones": "只负责部分片区",
    "results_hidden": "批次没有结束，还不能看结果", "role": "这个角色不能看", "forged": "不是从本站页面提交",
    "break": "休息", "acquainted": "认识对方", "mistake": "点错了",
}  # fmt: skip
_STATES = {
    "draft": "填写中", "submitted": "已提交", "void": "作废", "superseded": "不计", "open": "待办", "fixed": "已找到",
    "not_found": "没有找到", "queued": "排队", "claimed": "正在发", "sent": "已发出", "delivered": "已送达",
    "failed": "失败", "unknown": "不明", "cancelled": "取消",
}  # fmt: skip
_WHYS = {each.value: each.label for each in Why}
_KINDS = {**{kind.value: word for kind, word in KIND_WORDS.items()}, "notice": "预告短信", "invitation": "自填邀请短信"}  # fmt: skip
_ROLES = {role.value: word for role, word in LABELS.items()}
_MODES = {"phone": "电话", "mobile": "手机自填", "household": "入户", "respondent_online": "群众在网上约"}
_PURPOSES = {"login": "登录", "password": "设密码", "first-admin": "建第一个管理员"}
_FORMATS = {"docx": "Word", "xlsx": "Excel", "csv": "CSV", "html": "网页", "json": "JSON"}
_SCALES = {"small": "小规模", "district": "全区"}


def _outcome(code: str) -> str:
    try:
        return f"{code} {dispositions.code(code).name}"
    except UnknownOutcome:
        return code


def _state(word: str) -> str:
    return CaseState(word).label if word in set(CaseState) else _STATES.get(word, word)


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


_VALUES: Mapping[str, Callable[[str], str]] = {
    "code": _outcome, "was": _outcome, "state": _state, "before": _state, "reason": _one_of(_REASONS),
    "why": _one_of(_WHYS),
    "kind": _one_of(_KINDS), "role": _one_of(_ROLES), "from": _one_of(_ROLES), "to": _one_of(_ROLES),
    "mode": _one_of(_MODES), "by": _one_of(_MODES), "key": _one_of(_MODES), "purpose": _one_of(_PURPOSES),
    "format": _one_of(_FORMATS), "scale": _one_of(_SCALES),
    "sha256": lambda text: f"{text[:SHOWN_OF_A_DIGEST]}…", "notice": lambda text: f"{text[:SHOWN_OF_A_DIGEST]}…",
    "commitment": lambda text: f"{text[:SHOWN_OF_A_DIGEST]}…",
}  # fmt: skip


def action(name: str) -> str:
    """The Chinese words for an action; an unknown one (of another version) keeps its name."""
    return ACTIONS[name].label if name in ACTIONS else name


def about(name: str, object_: str, accounts: Mapping[str, str]) -> str:
    """What an action was about; `accounts` are display names by reference."""
    kind = ACTIONS[name].about if name in ACTIONS else ""
    if kind == ACCOUNT:
        return accounts.get(object_, "—" if object_ == "-" else f"{ACCOUNT} {object_}")
    if not kind:
        return "—" if name in ACTIONS else object_
    words = _state(object_) if kind == "状态" else object_
    return f"{kind} {words}"


def detail(name: str, value: object) -> tuple[str, str]:
    """A detail as label and words; states of a closed wave are details of their own."""
    label = CaseState(name).label if name in set(CaseState) else DETAILS.get(name, name)
    if isinstance(value, bool):
        return label, "是" if value else "否"
    if value is None:
        return label, "—"
    return label, _VALUES.get(name, str)(str(value))
