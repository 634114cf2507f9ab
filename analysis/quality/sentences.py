"""The Chinese sentence of every quality flag: what was seen, beside what is usual, and what to do. Pure."""

from analysis.rounding import percent_text, share_text

ONLY_A_CLUE = "这是线索,不是结论"


def few_for_privacy(least: int) -> str:
    return f"有效答案不足{least}份,为不让人认出是谁答的,不显示。"


def wide_interval(width: float) -> str:
    return f"真实的率可能相差{share_text(width)}个百分点之多,说明不了问题,不显示。"


def wide_but_shown(width: float) -> str:
    return f"真实的率可能相差{share_text(width)}个百分点之多,说明不了问题,不要单独引用。"


def small_sample(answers: float) -> str:
    return f"样本偏少(相当于{int(answers)}份独立答案),数字会有较大起伏,请只作参考。"


def few_points(df: float) -> str:
    return f"只来自少数几个点位(有效比较数{int(df)}),误差本身也估不准,请只作参考。"


def unstable_complement(width: float, share: float) -> str:
    return f"不满意的比例约{share_text(share)}%,而误差范围宽{share_text(width)}个百分点,不宜单独引用这个比例。"


def very_satisfied_share(who: str, x: int, n: int, usual: float, beyond: bool) -> str:
    """Also for the other shares of an interviewer that are held against those of all."""
    return _share(who, "的答卷中“非常满意”", x, n, usual, beyond, "请先听录音复核")


def straight_lining(who: str, x: int, n: int, usual: float, beyond: bool) -> str:
    return _share(who, "的答卷中又快又全选同一项的", x, n, usual, beyond, "请先抽查这些答卷")


def recall_disagreement(who: str, x: int, n: int, usual: float, beyond: bool) -> str:
    return _share(who, "的答卷中复核时回答不一致的", x, n, usual, beyond, "请扩大复核")


def short_interviews(who: str, x: int, n: int, usual: float, beyond: bool) -> str:
    return _share(who, "的访问中时长不够念完题目的", x, n, usual, beyond, "请听录音核对是否读全选项")


def _share(who: str, what: str, x: int, n: int, usual: float, beyond: bool, advice: str) -> str:
    seen = f"{who}{what}占{percent_text(x, n)}%({n}份中{x}份),全体为{share_text(usual)}%"
    return f"{seen},超出正常起伏,{advice};{ONLY_A_CLUE}。" if beyond else f"{seen},属正常起伏。"


def deviating_rate(who: str, zone: str, own: float, others: float, beyond: bool) -> str:
    word = "高" if own > others else "低"
    gap = share_text(abs(own - others))
    seen = f"{who}在{zone}的满意率比同片区其他人{word}{gap}个百分点"
    return f"{seen},超出正常起伏,复核率提高到100%;{ONLY_A_CLUE}。" if beyond else f"{seen},属正常起伏。"


def little_variation(who: str, n: int, beyond: bool) -> str:
    if beyond:
        return f"{who}的{n}份答卷各题答案几乎没有差别,远少于其他人的答卷,请先听录音复核;{ONLY_A_CLUE}。"
    return f"{who}的{n}份答卷各题答案的差别与其他人相近。"


def duplicate_patterns(who: str, pairs: int, expected: float, beyond: bool) -> str:
    seen = f"{who}的答卷中有{pairs}对每题都相同,随机分配时平均约{expected:.1f}对"
    return f"{seen},多得不像偶然,请逐份复核;{ONLY_A_CLUE}。" if beyond else f"{seen},属正常起伏。"


def straight_lined(items: int) -> str:
    return f"{items}道题全选同一项且用时很短,请卷审。"


def short_interview(seconds: float, least: float) -> str:
    return f"访问只用{int(seconds)}秒,正常念完题目至少要{int(least)}秒,请听录音核对。"


def night_interview(clock: str) -> str:
    return f"完成于{clock},不在允许访问的时间,请核对是否真的打过电话。"


def no_call_record() -> str:
    return "记为电话访问,却没有接通的通话记录,请核对答卷从何而来。"


def rapid_sequence(seconds: float) -> str:
    return f"与同一人上一份答卷只隔{int(seconds)}秒,请听录音复核。"


def shared_number(times: int) -> str:
    return f"同一号码交了{times}份答卷且不是同一户,请核实后作废或合并。"


def shared_device(times: int) -> str:
    return f"同一部手机交了{times}份答卷,请核实是否有人代填(单位公用网络除外)。"
