"""The officials' pages: who may read them and when, what they say, and what they never give away."""

import datetime as dt
import html
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from callbacks.models import Department, Wave
from questionnaires import statements
from survey_service.trust import audit
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.web import answers, links

LINK = re.compile(r'href="(/report[^"#]*)"')
READERS = (Role.OFFICIAL, Role.SUPERVISOR)
ASSESSED = (Role.DEPARTMENT, Role.STREET)
OTHERS = (Role.AGENT, Role.ADMIN, Role.AUDITOR, Role.REVIEWER)
PATHS = ("/report/W1", "/report/W1/projects/P01", "/report/W1/figures/district:M29", "/api/v1/waves/W1/report")


async def close(wave: Wave) -> None:
    """As `wave close` leaves the wave's own row."""
    await statements.execute(
        "UPDATE callbacks_wave SET state = 'closed', closed_at = $1 WHERE id = $2", cast.NOW, wave.id
    )


def text_of(answer: httpx.Response) -> str:
    """What a reader sees: tags out, gaps joined."""
    assert answer.status_code == 200, answer.text[:600]
    body = answer.text[answer.text.index("<main") :]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.parametrize("role", OTHERS)
async def test_those_who_call_keep_accounts_or_read_the_trail_see_no_results(
    office: serving.Office, role: Role
) -> None:
    await answers.scene()
    visitor = await office.visitor_as(role)
    for path in ("/report", *PATHS, "/api/v1/waves"):
        assert (await visitor.get(path)).status_code == 403, path


@pytest.mark.parametrize("role", ASSESSED)
async def test_the_assessed_see_results_only_after_the_wave_has_closed(office: serving.Office, role: Role) -> None:
    scene = await answers.scene()
    visitor = await office.visitor_as(role)
    for path in PATHS:
        answer = await visitor.get(path)
        assert answer.status_code == 403, path
        if role is not Role.STREET or "/projects/" not in path:  # a whole project is never a street's
            assert "批次结束前" in answer.text
        assert "98.3" not in answer.text
    early = await visitor.post("/report/W1/files", data={"format": "csv"})
    assert early.status_code == 403
    assert "还没有可以看的批次" in text_of(await visitor.get("/report"))
    assert (await visitor.get("/api/v1/waves")).json() == {"waves": [], "next": None}
    entry = await statements.row("SELECT reason FROM survey_service_audit_entry ORDER BY seq DESC LIMIT 1")
    assert entry == {"reason": "results_hidden"}, "a look that came too early is in the trail"
    await close(scene.wave)
    for path in ("/report/W1", "/report/W1/figures/district:M29", "/api/v1/waves/W1/report"):
        assert (await visitor.get(path)).status_code == 200, path


@pytest.mark.parametrize("role", READERS)
async def test_the_first_screen_says_rates_verdicts_and_what_to_do(office: serving.Office, role: Role) -> None:
    await answers.scene()
    said = text_of(await (await office.visitor_as(role)).get("/report"))
    for words in ("总体满意率 按受益人数加权", "按项目等权", "样本合并", "直接问", "总体知晓率"):
        assert words in said
    assert "● 达标 1个项目" in said
    assert "▲ 未达标 1个项目" in said
    assert "◇ 证据不足 3个项目" in said
    assert "还差：" in said
    assert "截至2026年3月5日10:05" in said
    assert "点位" in said, "a project without a list says what can be done"
    assert said.index("困难群众生活救助") < said.index("背街小巷改造") < said.index("健康民生")


async def test_the_name_rate_comes_before_its_verdict(office: serving.Office) -> None:
    await answers.scene()
    page = (await (await office.visitor_as("official")).get("/report")).text
    row = next(part for part in page.split("<tr>") if "projects/P01" in part and "<td" in part)
    assert row.index("98.3%") < row.index("达标")
    assert "（" in page and "高于目标8.3个百分点" in row


async def test_an_answer_given_on_a_phone_moves_n_and_the_rate_at_the_next_load(office: serving.Office) -> None:
    scene = await links.scene(office)
    people = [await scene.invite() for _ in range(6)]
    visitor = await office.visitor_as("official")
    for person in people[:5]:
        assert "不出数" in text_of(await visitor.get("/report")) or "还没有有效答案" in text_of(
            await visitor.get("/report")
        )
        await fill_in(office, person, links.SATISFIED)
    before = text_of(await visitor.get("/report/W1/projects/P01"))
    assert "满意率 5/5 100.0%" in before
    await fill_in(office, people[5], {**links.SATISFIED, "c1": "2", "g1": "2", "d1": "4", "e1": "3"})
    after = text_of(await visitor.get("/report/W1/projects/P01"))
    assert "满意率 5/6 83.3%" in after
    assert "83.3%" in text_of(await visitor.get("/report"))


async def fill_in(office: serving.Office, person: links.Invited, answers_: Mapping[str, str]) -> None:
    """The whole questionnaire from the link to 提交, as a phone without scripts does it."""
    respondent = links.Respondent(office.visitor(), person.url)
    await respondent.agree()
    await respondent.answer_all(answers_)
    assert (await respondent.submit()).status_code == 200


async def test_every_link_of_the_pages_leads_somewhere(office: serving.Office) -> None:
    await answers.scene()
    visitor = await office.visitor_as("official")
    waiting, seen = ["/report"], {"/report"}
    while waiting:
        answer = await visitor.get(waiting.pop())
        assert answer.status_code == 200, answer.url
        new = {html.unescape(link) for link in LINK.findall(answer.text)} - seen
        seen |= new
        waiting += new
    figures = [link for link in seen if "/figures/" in link]
    assert len(figures) > 60
    assert any("zone" in link for link in figures) and any("department" in link for link in figures)


async def test_a_figure_opens_its_formula_counts_and_method(office: serving.Office) -> None:
    await answers.scene()
    said = text_of(await (await office.visitor_as("official")).get("/report/W1/figures/project:P01:M01"))
    for words in (
        "困难群众生活救助：满意率",
        "公式：（非常满意+满意+基本满意）÷",
        "分子 x 116",
        "分母 n 118",
        "名单 N 130",
    ):
        assert words in said, words
    assert "超几何" in said and "第1版" in said and "非常满意 70" in said


async def test_small_cells_are_on_no_page_and_in_no_file(office: serving.Office) -> None:
    """West has 3 unhappy answers about P02, 2 about P01, 4 about P03: below a project none of them is printed."""
    await answers.scene()
    visitor = await office.visitor_as("official")
    road = (await visitor.get("/report/W1/projects/P02")).text
    reasons = road[road.index('id="reasons"') : road.index("</table>", road.index('id="reasons"'))]
    assert "施工影响生活" in reasons and "工程质量有问题" in reasons
    assert "&lt;5" in reasons and ">3<" not in reasons
    relief = (await visitor.get("/report/W1/projects/P01")).text
    west = next(part for part in relief.split("<tr>") if "城西街道" in part)
    assert "为保护少数答卷" in west and "46" not in west
    training = text_of(await visitor.get("/report/W1/projects/P04"))
    assert "有效答案只有3份" in training and "100.0%" not in training.split("回访结果")[0]
    report = (await visitor.get("/api/v1/waves/W1/report")).json()
    assert all(row["satisfaction"]["x"] is None for row in report["projects"] if row["code"] in ("P04", "P05"))
    for kind in ("csv", "html", "json"):
        made = await visitor.post("/report/W1/files", data={"format": kind})
        assert made.status_code == 200
        text = made.content.decode("utf-8-sig")
        assert "孤儿" in text, "the project is named, its figures are not"
        assert "8/8" not in text and "3/3" not in text


async def test_a_file_leaves_its_digest_in_the_trail(office: serving.Office) -> None:
    await answers.scene()
    visitor = await office.visitor_as("official")
    for kind, start in (
        ("docx", b"PK"),
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbf"),
        ("html", b"<!DOCTYPE"),
        ("json", b"{"),
    ):
        made = await visitor.post("/report/W1/files", data={"format": kind})
        assert made.status_code == 200, made.text[:300]
        assert made.content.startswith(start), kind
        assert f".{kind}" in made.headers["content-disposition"]
        entry = await statements.row(
            "SELECT action, object, details FROM survey_service_audit_entry ORDER BY seq DESC LIMIT 1"
        )
        assert entry is not None
        assert (entry["action"], entry["object"]) == ("report_exported", "W1")
        assert f'"format":"{kind}"' in entry["details"] and '"sha256":"' in entry["details"]
    assert (await audit.verify(office.site.keyring, office.site.settings.audit_anchor)).problems == ()


async def test_a_kind_of_file_that_is_not_made_is_refused_in_words(office: serving.Office) -> None:
    await answers.scene()
    visitor = await office.visitor_as("official")
    for kind, words in (("pdf", "以后提供"), ("exe", "没有这种格式"), ("", "没有这种格式")):
        answer = await visitor.post("/report/W1/files", data={"format": kind})
        assert answer.status_code == 422 and words in answer.text, kind


async def test_waves_are_listed_and_the_open_one_comes_first(office: serving.Office) -> None:
    scene = await answers.scene()
    older = await cast.wave("W0", title="2025年回访", starts_on=dt.date(2025, 3, 1), ends_on=dt.date(2025, 3, 31))
    await close(older)
    await cast.wave("W2", title="还在计划", state="planned")
    visitor = await office.visitor_as("official")
    page = (await visitor.get("/report")).text
    assert scene.wave.title in page and "2025年回访（已结束）" in page and "还在计划" not in page
    assert (await visitor.get("/report/W2")).status_code == 404
    assert (await visitor.get("/report/W0")).status_code == 200, "a wave without a single answer is a page as well"


async def test_the_demonstration_says_so_on_every_page(office: serving.Office) -> None:
    scene = await answers.scene()
    await statements.execute("UPDATE callbacks_project SET demo = TRUE WHERE id = $1", scene.projects["P01"].id)
    visitor = await office.visitor_as("official")
    for path in ("/report", "/report/W1/projects/P01", "/report/W1/figures/district:M29"):
        assert "演示数据：人员和答卷均为虚构" in text_of(await visitor.get(path))


async def test_a_closed_wave_has_no_interim_remark_and_shows_its_seed(office: serving.Office) -> None:
    scene = await answers.scene()
    await close(scene.wave)
    said = text_of(await (await office.visitor_as("official")).get("/report"))
    assert "截至" not in said.split("各项目")[0]
    assert "抽样种子 5eed" in said


async def test_a_page_costs_a_handful_of_queries(office: serving.Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await answers.scene()
    visitor = await office.visitor_as("official")
    asked: list[str] = []
    original = statements.rows

    async def counting(sql: str, *args: Any, connection: str = statements.CONNECTION) -> list[dict[str, Any]]:
        asked.append(sql)
        return await original(sql, *args, connection=connection)

    monkeypatch.setattr(statements, "rows", counting)
    assert (await visitor.get("/report")).status_code == 200
    assert len(asked) <= 20, asked


async def test_the_mark_of_the_demonstration_is_said_once_and_not_in_every_name(office: serving.Office) -> None:
    scene = await answers.scene()
    await statements.execute("UPDATE callbacks_project SET demo = TRUE, name = name || '（演示）'")
    await statements.execute("UPDATE callbacks_department SET name = name || '（演示）'")
    visitor = await office.visitor_as("official")
    said = text_of(await visitor.get(f"/report/{scene.wave.code}"))
    assert "困难群众生活救助" in said and "救助（演示）" not in said and "民政局（演示）" not in said
    lines = (await visitor.post("/report/W1/files", data={"format": "csv"})).content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("数据性质") and all(line.endswith("演示数据") for line in lines[1:] if line)
    mine = await Department.get(code="MZ")
    theirs = await office.visitor_as("department", await cast.account(Role.DEPARTMENT, department_id=mine.id))
    await close(scene.wave)
    assert "本部门的部分：城东区民政局" in text_of(await theirs.get("/report/W1")), "its own row is found all the same"


async def test_a_real_name_keeps_what_it_ends_with(office: serving.Office) -> None:
    await answers.scene()
    await statements.execute("UPDATE callbacks_project SET name = '消防演练(演示)' WHERE code = 'P01'")
    assert "消防演练" in text_of(await (await office.visitor_as("official")).get("/report"))
    assert "消防演练（演示）" in text_of(await (await office.visitor_as("official")).get("/report"))
