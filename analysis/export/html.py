"""The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. Pure."""

from html import escape

from analysis import wording
from analysis.export import tables
from analysis.export.narrative import Part, Section, sections, titled
from analysis.export.tables import Table, Value
from analysis.reporting.charts import awareness_rows, intervals_chart, levels_bar, satisfaction_rows
from analysis.reporting.many.charts_funnel import funnel_chart
from analysis.reporting.report_model import Figure, Report

MEDIA_TYPE = "text/html; charset=utf-8"

_STYLE = """
body{font:16px/1.7 "Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif;color:#1c1c1c;background:#fff;
max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.4}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1.05rem}
p{margin:.5rem 0}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;margin:.5rem 0 1.5rem}
caption{text-align:left;font-weight:bold;padding:.25rem 0}th,td{border:1px solid #777;padding:.25rem .5rem;text-align:left}
th{background:#eee}td.n{text-align:right;font-variant-numeric:tabular-nums}
.remark{border-left:4px solid #6b4500;padding-left:.75rem}svg{max-width:100%;height:auto}
.narrow{display:none}dl{font-size:.875rem}dt{font-weight:bold}dd{margin:0 0 .75rem;white-space:pre-line}
@media (max-width:600px){.narrow{display:block}.broad{display:none}}
@media print{body{max-width:none;padding:0}thead{display:table-header-group}tr{break-inside:avoid}}
""".strip()

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def export(report: Report) -> bytes:
    """A UTF-8 page; every text is escaped."""
    body = [
        f"<h1>{escape(wording.typeset(titled(report)))}</h1>",
        f"<p>{escape(report.wave.issuer)}</p>",
        _remarks(report),
    ]
    body += _pictures(report)
    body += [_section(one) for one in sections(report)]
    body += [_figures(report), _definitions(report)]
    return _page(report.wave.title, "\n".join(body)).encode("utf-8")


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _remarks(report: Report) -> str:
    texts = [text for text in (report.wave.demonstration_text, report.wave.interim_text) if text]
    return "".join(f'<p class="remark">{escape(wording.typeset(text))}</p>' for text in texts)


def _pictures(report: Report) -> list[str]:
    out = list[str]()
    if not report.projects:
        return out
    for name, title, rows, target in (
        ("satisfaction", "各项目满意率与95%区间", satisfaction_rows(report), report.wave.satisfaction_target),
        ("awareness", "各项目知晓率与95%区间", awareness_rows(report), report.wave.awareness_target),
    ):
        broad = intervals_chart(rows, target, 800, title, f"{name}-broad")
        narrow = intervals_chart(rows, target, 360, title, f"{name}-narrow")
        out.append(f'<h2>{escape(title)}</h2><div class="broad">{broad}</div><div class="narrow">{narrow}</div>')
    out += _funnels(report)
    bar = levels_bar(report.headline.levels)
    return [*out, f"<h2>总体五级分布</h2>{bar}"] if bar else out


def _funnels(report: Report) -> list[str]:
    if report.many is None or not report.many.judged:
        return []
    return [
        f"<h2>{escape(wording.typeset(view.title))}</h2><p>{escape(wording.typeset(view.sentence))}</p>"
        f'<div class="broad">{funnel_chart(view, 800, f"{view.around}-broad")}</div>'
        f'<div class="narrow">{funnel_chart(view, 360, f"{view.around}-narrow")}</div>'
        for view in (report.many.around_target, report.many.around_average)
    ]


def _section(section: Section) -> str:
    return f"<h2>{escape(wording.typeset(section.title))}</h2>" + "".join(_part(part) for part in section.parts)


def _part(part: Part) -> str:
    heading = f"<h3>{escape(part.heading)}</h3>" if part.heading else ""
    texts = "".join(f"<p>{escape(wording.typeset(text))}</p>" for text in part.paragraphs)
    return heading + texts + "".join(_table(table) for table in part.tables if table.rows)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(wording.typeset(word))}</th>' for word in table.header)
    rows = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in table.rows)
    return (
        f'<div class="wide"><table><caption>{escape(wording.typeset(table.title))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(value: Value) -> str:
    if isinstance(value, int | float):
        return f'<td class="n">{value}</td>'
    return f"<td>{escape(wording.typeset(value or ''))}</td>"


def _figures(report: Report) -> str:
    lines = "".join(
        _figure(scope, name, figure)
        for scope, _, name, figure in tables.named_figures(report)
        if figure.value is not None
    )
    return (
        f"<h2>每个数的来历</h2><details><summary>打开全部数字的分子、分母和答案分布</summary><dl>{lines}</dl></details>"
    )


def _figure(scope: str, name: str, figure: Figure) -> str:
    counts = "、".join(f"{one.label}{one.text}" for one in figure.counts)
    parts = (f"{figure.text}({figure.counts_text})" if figure.counts_text else figure.text, counts, figure.method)
    text = ";".join(part for part in parts if part)
    anchor = figure.id.replace(":", "-")
    return f'<dt id="{escape(anchor)}">{escape(scope)} {escape(name)} {escape(figure.name)}</dt><dd>{escape(wording.typeset(text))}</dd>'


def _definitions(report: Report) -> str:
    items = "".join(
        f'<dt id="metric-{escape(one.id)}">{escape(one.name)}</dt><dd>{escape(wording.typeset(one.text))}</dd>'
        for one in report.definitions.values()
    )
    return f"<h2>指标解释</h2><dl>{items}</dl>"
