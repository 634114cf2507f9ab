"""The sentences of the written report, section by section, made from the figures and nothing else. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis import wording
from analysis.export import evidence, many, tables
from analysis.export.tables import Table
from analysis.reporting.report_model import Figure, ProjectRow, Report, VerdictItem

_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Part:
    """A second-level heading ("" for none), its paragraphs and its tables."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A first-level section, numbered when the report is put together."""

    title: str
    parts: tuple[Part, ...]


def numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections that say something, numbered 一、二、三、."""
    filled = [one for one in sections if any(part.paragraphs or part.tables for part in one.parts)]
    return tuple(Section(f"{_NUMERALS[i]}、{one.title}", one.parts) for i, one in enumerate(filled))


def titled(report: Report) -> str:
    """The title of the report as a document."""
    return f"{report.wave.title}报告" + (f"({report.part}部分)" if report.part else "")


def sections(report: Report) -> tuple[Section, ...]:
    """The whole text in the order of the official report."""
    return numbered(
        (
            Section("调查基本情况", (Part("", _basics(report), _execution_tables(report)),)),
            Section("总体结果", _overall(report)),
            Section(
                "分项目结果",
                (
                    Part("", _projects(report), (_project_table(report),)),
                    *_verdict_parts(report),
                    *_together(report),
                    *_evidence(report),
                ),
            ),
            Section("分街道结果", _areas(report)),
            Section("分责任部门", _departments(report)),
            Section("存在问题", _problems(report)),
            Section("说明", (Part("", _explanations(report)),)),
        )
    )


def _basics(report: Report) -> tuple[str, ...]:
    wave, work = report.wave, report.fieldwork
    listed, unlisted = len(report.projects), len(report.unlisted)
    frame = f"样本框基准日为{wave.frame_date_text}。" if wave.frame_date_text else ""
    modes = "、".join(f"{mode.label}{mode.text}份" for mode in work.modes if mode.n)
    rates = "、".join(f"{one.name}为{one.text}" for one in work.rates if one.value is not None)
    return tuple(
        text
        for text in (
            wave.demonstration_text,
            wave.interim_text,
            f"调查时间为{wave.period_text},数据截至{wave.as_of_text}。",
            f"本件只含{report.part}的部分;全区只列总数,不列其他单位。{frame}"
            if report.part
            else f"对象为{listed}个民生项目的受益群众;{_unlisted_text(unlisted)}{frame}",
            f"每个项目的名单先作一次随机排列,按排列次序回访{_census(report)}。"
            f"{'抽样种子' if wave.closed else '抽样种子的承诺值'}:{wave.seed};样本框摘要:{wave.frame_digest};均在首次拨打前确定。",
            f"共抽取{work.drawn}人,有效答卷{work.valid}份" + (f",其中{modes}。" if modes else "。"),
            f"执行情况:{rates}。" if rates else "",
            "满意度量表为非常满意、满意、基本满意、不满意、非常不满意五级,满意率含基本满意,另列严格率和得分;"
            "说不清和拒答不计入满意率分母。知晓率另有目标和判定。",
            "名单人数已知的项目用精确超几何区间,跨项目按受益人数加权并用相应的设计区间,置信水平均为95%。",
            f"批准或备案:{wave.approval_text}" + (f"问卷:{wave.form_text}。" if wave.form_text else ""),
        )
        if text
    )


def _census(report: Report) -> str:
    whole = tuple(row.name for row in report.projects if row.census)
    return f";{wording.listing(whole)}全数回访" if whole else ""


def _unlisted_text(count: int) -> str:
    return f"另有{count}个项目没有名单或没有列入本批次,不出比率。" if count else ""


def _execution_tables(report: Report) -> tuple[Table, ...]:
    if not report.fieldwork.outcomes:
        return ()
    return tables.groups(report), tables.outcomes(report)


def _overall(report: Report) -> tuple[Part, ...]:
    top = report.headline
    return (
        Part(
            "满意度",
            (
                _judged(top.weighted),
                top.coverage_text,
                f"另两种总体口径供参考:{_brief(top.equal)},{_brief(top.pooled)}。",
                _judged(top.direct) + _by_mode(top.by_mode),
                f"{_brief(top.strict)};{_brief(top.score)}。",
            ),
            (tables.levels(report),),
        ),
        Part("知晓、参与和受益", _known(report)),
    )


def _known(report: Report) -> tuple[str, ...]:
    top = report.headline
    prompted = _judged(top.awareness_prompted) if top.awareness_prompted.value is not None else ""
    others = ";".join(_brief(one) for one in (top.participation, top.benefit) if one.value is not None)
    texts = (_judged(top.awareness), _judged(top.awareness_unprompted), prompted, f"{others}。" if others else "")
    return tuple(text for text in texts if text)


def _judged(figure: Figure) -> str:
    """名义率 first, the verdict after it."""
    if figure.value is None:
        return f"{figure.name}:{figure.hidden}。"
    target = wording.target(figure.target) if figure.target is not None else ""
    interval = f"95%区间为{figure.interval_text}" if figure.interval_text else "算不出误差范围"
    distance = f",{figure.distance.replace('目标', f'目标({target})', 1)}" if figure.distance else ""
    return f"{figure.name}为{figure.text}({figure.counts_text}),{interval}{distance},判定为{figure.verdict_label}。"


def _brief(figure: Figure) -> str:
    if figure.value is None:
        return f"{figure.name}暂无"
    interval = f"(95%区间{figure.interval_text})" if figure.interval_text else ""
    return f"{figure.name}{figure.text}{interval}"


def _by_mode(figures: Sequence[Figure]) -> str:
    if len(figures) < 2:
        return ""
    return f"分方式看,{'、'.join(f'{one.name}{one.text}' for one in figures)}(未加权,只作对照)。"


def _projects(report: Report) -> tuple[str, ...]:
    return (report.headline.summary[-1],) if report.headline.summary else ()


_PROJECT_HEADER = (
    "序号",
    "项目",
    "责任部门",
    "受益人数",
    "有效样本",
    "满意率",
    "95%区间",
    "判定",
    "知晓率",
    "不满意首因",
)


# millimetres: 100.0%, an interval and 证据不足 each stay on one line in 9 points
_PROJECT_WIDTHS = (8, 27, 19, 13, 10, 12, 22, 16, 12, 17)
_AREA_WIDTHS = (30, 22, 13, 13, 13, 23, 21, 21)


def _project_table(report: Report) -> Table:
    rows = tuple(_line(number, row) for number, row in enumerate(report.projects, 1))
    return Table("分项目满意率", _PROJECT_HEADER, rows, _PROJECT_WIDTHS)


def _line(number: int, row: ProjectRow) -> tuple[tables.Value, ...]:
    rate = row.satisfaction
    return (
        number, row.name, row.department, tables.people(row), row.valid, tables.short(rate), rate.interval_text,
        rate.verdict_label, tables.short(row.awareness), row.top_reason,
    )  # fmt: skip


def _verdict_parts(report: Report) -> tuple[Part, ...]:
    parts = [
        Part(f"{group.label}的项目", tuple(_item(item) for item in group.items))
        for group in report.verdicts
        if group.items
    ]
    if report.unlisted:
        lines = tuple(f"{row.name}:{row.why_no_rate}" for row in report.unlisted)
        parts.append(Part("没有名单、不出比率的项目", lines))
    return tuple(parts)


def _evidence(report: Report) -> tuple[Part, ...]:
    texts = evidence.paragraphs(report)
    return (Part(evidence.HEADING, texts, (evidence.table(report),)),) if texts else ()


def _together(report: Report) -> tuple[Part, ...]:
    texts = many.paragraphs(report)
    return (Part(many.HEADING, texts, (many.together(report),)),) if texts else ()


def _item(item: VerdictItem) -> str:
    why = item.why if item.why.endswith("。") else f"{item.why}。"
    return f"{item.name}:{why}" + (f"{item.decide}。" if item.decide else "")


def _areas(report: Report) -> tuple[Part, ...]:
    if not any(row.answers.n or row.answers.n is None for row in report.zones):
        return ()
    remark = "各街道(片区)结果按受益人数加权。名次并列的同名次;有效样本不足30份的不排名。区间重叠的相邻名次差异不显著。"
    return (Part("", (remark,), (_narrow(tables.zones(report)),)),)


def _departments(report: Report) -> tuple[Part, ...]:
    if not report.departments:
        return ()
    remark = "按牵头项目归并,多个项目的按受益人数加权,只含出数的项目。"
    return (Part("", (remark,), (_narrow(tables.departments(report)),)),)


def _narrow(table: Table) -> Table:
    """The columns that fit on a portrait page."""
    keep = (0, 1, 2, 4, 5, 6, 7, 8)
    rows = tuple(tuple(row[i] for i in keep) for row in table.rows)
    return Table(table.title, tuple(table.header[i] for i in keep), rows, _AREA_WIDTHS)


def _problems(report: Report) -> tuple[Part, ...]:
    if not report.reasons:
        return ()
    first = "、".join(f"{one.label}({one.text}次)" for one in report.reasons[:3])
    return (Part("", (f"不满意的主要原因依次为{first}。一人可提多项。",), (tables.reasons(report),)),)


def _explanations(report: Report) -> tuple[str, ...]:
    honest = report.integrity
    proxies = "、".join(f"{one.label}{one.text}份" for one in honest.proxies if one.n)
    return tuple(
        text
        for text in (
            *report.notes,
            honest.void.text + _compare(honest.void.official, honest.void.other, honest.void.n),
            "作废理由:" + "、".join(f"{one.label}{one.text}份" for one in honest.void_reasons) + "。"
            if honest.void_reasons
            else "",
            honest.coached.text + _compare(honest.coached.official, honest.coached.other, honest.coached.n),
            f"回答人:{proxies}。{honest.staff_text}" if proxies else honest.staff_text,
        )
        if text
    )


def _compare(official: Figure, other: Figure, n: int) -> str:
    if n == 0 or official.value is None or other.value is None:
        return ""
    return f"官方率{official.text},{other.name}为{other.text}。"
