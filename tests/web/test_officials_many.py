"""The section of many projects as officials see it: one list of claims, no hidden project, and a page with few answers."""

import re

import httpx
import pytest

from callbacks.calling import tallies
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.web import answers
from tests.web.answers import SATISFIED, UNSATISFIED, Told
from tests.web.test_officials import close, text_of

TITLE = "多个项目一起看"


def section_of(answer: httpx.Response) -> str:
    """The source of the section, from its heading to the next folded part."""
    start = answer.text.index('<section id="many"')
    return answer.text[start : answer.text.index("</section>", start)]


async def _small(told: list[Told]) -> None:
    """A wave with one project of a list of 300."""
    await cast.zone()
    wave = await cast.wave()
    about = await cast.project("P01", "困难群众生活救助", frame_kind="list")
    framed = await cast.frame(wave, about, 300, drawn=60, method="random")
    assert framed.batch_id is not None
    await answers.answered(wave, about, framed.id, framed.batch_id, told)
    await tallies.rebuild(wave.id)


async def test_one_list_says_what_may_be_said_together_and_no_hidden_project_is_in_it(office: serving.Office) -> None:
    """达标 is P01 alone, 未达标 P02; P04 and the sensitive P05 have too few answers for any figure."""
    await answers.scene()
    answer = await (await office.visitor_as(Role.OFFICIAL)).get("/report/W1")
    part = section_of(answer)
    assert part.count("可以一起对外说达标的项目") == 1
    together = part[part.index("可以一起对外说达标的项目") : part.index("可以一起说未达标的项目")]
    assert "困难群众生活救助" in together and "背街小巷改造" not in together
    assert "3个项目一并判断，其中1个可以同时说达到目标" in together
    for name in ("就业促进", "孤儿基本生活保障", "口袋公园建设"):
        assert name not in part, name
    assert "就业促进" in answer.text, "they stand elsewhere, without a figure"
    assert "对外说请等批次结束" in part
    watch = part[part.index("需要关注的项目") :]
    assert "背街小巷改造" in watch[: watch.index("</div>\n</div>")] and "不通报、不对外" in watch


async def test_every_funnel_has_words_for_those_who_do_not_see_it(office: serving.Office) -> None:
    await answers.scene()
    part = section_of(await (await office.visitor_as(Role.OFFICIAL)).get("/report/W1"))
    pictures = re.findall(r'<svg [^>]*aria-labelledby="([\w-]+) ([\w-]+)"', part)
    assert len(pictures) == 4 and len(set(pictures)) == 4, "two funnels, each in two widths"
    for title, description in pictures:
        assert f'<title id="{title}">' in part
        words = part[part.index(f'<desc id="{description}">') :]
        assert "困难群众生活救助118份答案，98.3%，" in words[: words.index("</desc>")]


async def test_lists_of_a_closed_wave_are_final(office: serving.Office) -> None:
    scene = await answers.scene()
    await close(scene.wave)
    assert "对外说请等批次结束" not in section_of(await (await office.visitor_as(Role.OFFICIAL)).get("/report/W1"))


@pytest.mark.parametrize("role", [Role.DEPARTMENT, Role.STREET])
async def test_the_assessed_do_not_read_how_others_compare(office: serving.Office, role: Role) -> None:
    scene = await answers.scene()
    await close(scene.wave)
    visitor = await office.visitor_as(role)
    assert TITLE not in (await visitor.get("/report/W1")).text
    assert (await visitor.get("/api/v1/waves/W1/report")).json()["many"] is None


@pytest.mark.parametrize(("satisfied", "unhappy"), [(0, 0), (3, 0), (60, 0), (0, 60), (50, 10)])
async def test_one_project_none_and_all_satisfied_give_a_page_without_broken_numbers(
    office: serving.Office, satisfied: int, unhappy: int
) -> None:
    groups = [Told(n, None, level) for n, level in ((satisfied, SATISFIED), (unhappy, UNSATISFIED)) if n]
    await _small(groups)
    visitor = await office.visitor_as(Role.OFFICIAL)
    answer = await visitor.get("/report/W1")
    said = text_of(answer)
    assert not re.search(r"\b(nan|inf|none)\b", said, re.IGNORECASE)
    assert (TITLE in said) == (satisfied + unhappy >= 5)
    many = (await visitor.get("/api/v1/waves/W1/report")).json()["many"]
    assert many["judged"] == int(satisfied + unhappy >= 5)
    assert [one["project"] for one in many["met"]["items"]] == (["P01"] if satisfied == 60 else [])


async def test_the_files_hold_the_comparison_and_only_the_workbook_the_watch_list(office: serving.Office) -> None:
    await answers.scene()
    visitor = await office.visitor_as(Role.OFFICIAL)
    page = (await visitor.post("/report/W1/files", data={"format": "html"})).content.decode()
    assert TITLE in page and "各项目与目标90%的距离" in page
    assert "需要关注的项目" not in page
    report = (await visitor.get("/api/v1/waves/W1/report")).json()
    assert [one["project"] for one in report["many"]["watch"]["items"]] == ["P02"]
