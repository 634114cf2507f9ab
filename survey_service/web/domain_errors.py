"""Errors of callbacks, questionnaires and analysis, with the status, code and sentence by which they are answered."""

from callbacks import errors as fieldwork
from callbacks.frame import errors as framing
from questionnaires import errors as answering
from survey_service.errors import Answer, BadInput

ELSEWHERE = "这条个案已不在您手上。"

DOMAIN_ANSWERS: dict[type[Exception], Answer] = {
    fieldwork.OwnZonesOnly: Answer(
        403, "own-zones-only", "这件事关系到全区，您只负责部分片区；请由负责全区的督导来做。"
    ),
    fieldwork.UnknownCase: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    fieldwork.NotClaimed: Answer(409, "not-claimed", ELSEWHERE),
    fieldwork.ClaimLost: Answer(409, "claim-lost", ELSEWHERE),
    fieldwork.HeldByAnother: Answer(
        409, "held-by-another", "这条个案正在别的回访员手上，或者您手上还有一条没有登记结果。"
    ),
    fieldwork.OwnInterest: Answer(
        409, "own-interest", "这是考核批次里您负责的片区或您所在部门的个案，不能由您访问，请转给别的回访员。"
    ),
    fieldwork.OutcomeRefused: Answer(422, "outcome-refused", "这个结果还缺内容。"),
    fieldwork.UnknownOutcome: Answer(422, "unknown-outcome", "没有这种拨打结果。"),
    fieldwork.AppointmentNeeded: Answer(422, "appointment-needed", "约时间要填约好的日期和时刻。"),
    fieldwork.AppointmentRefused: Answer(422, "appointment-refused", "那个时间不能拨打，请换一个时间。"),
    fieldwork.AttemptDiffers: Answer(409, "attempt-differs", "这次拨打已登记过另一个结果。"),
    fieldwork.CorrectionRefused: Answer(409, "correction-refused", "现在不能撤销或更正了，请找督导更正。"),
    fieldwork.IllegalMove: Answer(409, "illegal-move", "这条个案的状态已经变了，请刷新后再看。"),
    fieldwork.LinksNotAllowed: Answer(409, "links-not-allowed", "这条个案不能发手机问卷。"),
    fieldwork.UnknownWave: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    fieldwork.WaveNotOpen: Answer(409, "wave-not-open", "这个批次没有在进行。"),
    fieldwork.ReserveEmpty: Answer(409, "reserve-empty", "这个项目的名单已经全部抽出，没有备用样本了。"),
    fieldwork.NoSample: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    fieldwork.ProjectSettled: Answer(
        409, "project-settled", "这个项目已停止拨打，不再放出样本；要再问，请先恢复拨打。"
    ),
    fieldwork.PlanRefused: Answer(422, "plan-refused", "计划有误，没有执行。"),
    fieldwork.UnknownRepair: Answer(404, "not-found", "没有找到这条号码核实任务，可能已经有人办了。"),
    fieldwork.NumberRefused: Answer(422, "number-refused", "这个号码不能用。"),
    fieldwork.BatchInField: Answer(409, "already-called", "名单里已有人打过电话或答过问卷，不能撤销。"),
    framing.UnknownBatch: Answer(404, "not-found", "没有找到这次导入。"),
    framing.AlreadyUndone: Answer(409, "already-undone", "这次导入已经撤销过了。"),
    framing.AlreadyFramed: Answer(409, "already-framed", "批次已从这份名单里抽样，不能撤销。"),
    framing.StillNeeded: Answer(409, "still-needed", "后面的导入或名单还在用它带来的内容，请先撤销后面的。"),
    answering.UnknownSubmission: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    answering.UnknownVersion: Answer(404, "not-found", "没有找到这份问卷。"),
    answering.AnswerRefused: Answer(422, "answer-refused", "这个答案不能用。"),
    answering.NotComplete: Answer(422, "not-complete", "还有必答题没有回答。"),
    answering.AlreadySubmitted: Answer(409, "already-submitted", "这份答卷已经提交，不能再改。"),
    answering.NotOpen: Answer(409, "not-open", "这份答卷已作废或被替换，不能再填。"),
}


def sentence_of(error: Exception) -> str:
    """The sentence that the error itself carries for the user, if it carries one."""
    if isinstance(error, BadInput):
        return error.sentence
    if isinstance(error, fieldwork.ClaimLost) and error.saved:
        return f"{ELSEWHERE}您登记的内容已另存，等督导处理。"
    return str(getattr(error, "sentence", ""))
