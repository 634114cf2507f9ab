"""After closing, a department reads its own projects and a street its own zone; of the rest only the district's sums."""

import io

import docx
import httpx
import pytest
from python_calamine import CalamineWorkbook

from callbacks.models import Department, ProjectDepartment, Zone
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.web import answers
from tests.web.test_officials import close, text_of

OTHERS_PROJECTS = ("背街小巷改造", "健康民生")
OTHERS_PLACES = ("城东街道", "城西街道")
KINDS = ("json", "csv", "xlsx", "docx", "html")


async def scene_after_closing() -> answers.Scene:
    scene = await answers.scene()
    await close(scene.wave)
    return scene


async def department(office: serving.Office, code: str = "MZ") -> httpx.AsyncClient:
    mine = await Department.get(code=code)
    return await office.visitor_as("department", await cast.account(Role.DEPARTMENT, department_id=mine.id))


async def street(office: serving.Office, *zones: Zone) -> httpx.AsyncClient:
    return await office.visitor_as("street", await cast.account(Role.STREET, zones=zones))


def words_in(kind: str, content: bytes) -> str:
    """All text of a file."""
    if kind == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return " ".join(
            str(cell) for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python() for cell in line
        )
    if kind == "docx":
        document = docx.Document(io.BytesIO(content))
        cells = (cell.text for table in document.tables for line in table.rows for cell in line.cells)
        return " ".join([*(one.text for one in document.paragraphs), *cells])
    return content.decode("utf-8-sig")


async def test_a_department_reads_its_own_projects_and_the_district_only_as_a_sum(office: serving.Office) -> None:
    await scene_after_closing()
    visitor = await department(office)
    said = text_of(await visitor.get("/report/W1"))
    assert "本部门的部分：城东区民政局" in said
    assert "困难群众生活救助" in said and "98.3%" in said, "its own project"
    assert "总体满意率" in said and "5个项目中：达标1个、未达标1个、证据不足3个" in said, "the district as sums"
    for name in (*OTHERS_PROJECTS, *OTHERS_PLACES, "城东区住建局", "口袋公园"):
        assert name not in said, name


@pytest.mark.parametrize(
    "address", ["projects/P02", "projects/P06", "figures/project:P02:M01", "figures/zone:CD01:M01"]
)
async def test_what_belongs_to_another_department_is_not_there_for_a_department(
    office: serving.Office, address: str
) -> None:
    await scene_after_closing()
    assert (await (await office.visitor_as("official")).get(f"/report/W1/{address}")).status_code == 200
    visitor = await department(office)
    assert (await visitor.get(f"/report/W1/{address}")).status_code == 404
    assert (await visitor.get("/report/W1/projects/P01")).status_code == 200
    assert (await visitor.get("/report/W1/figures/project:P01:M01")).status_code == 200
    assert (await visitor.get("/report/W1/figures/district:M29")).status_code == 200


async def test_a_department_that_cooperates_in_a_project_reads_it(office: serving.Office) -> None:
    scene = await scene_after_closing()
    helper = await cast.department("CZ", "城东区财政局")
    await ProjectDepartment.create(project_id=scene.projects["P02"].id, department_id=helper.id, role="coop")
    visitor = await department(office, "CZ")
    assert (await visitor.get("/report/W1/projects/P02")).status_code == 200
    assert (await visitor.get("/report/W1/projects/P01")).status_code == 404


async def test_files_and_calls_of_a_department_hold_no_more_than_its_page(office: serving.Office) -> None:
    await scene_after_closing()
    visitor = await department(office)
    for kind in KINDS:
        made = await visitor.post("/report/W1/files", data={"format": kind})
        assert made.status_code == 200, kind
        words = words_in(kind, made.content)
        assert "困难群众生活救助" in words and "城东区民政局" in words, kind
        for name in (*OTHERS_PROJECTS, *OTHERS_PLACES, "城东区住建局"):
            assert name not in words, f"{name} in {kind}"
    report = (await visitor.get("/api/v1/waves/W1/report")).json()
    assert [row["code"] for row in report["projects"]] == ["P01", "P04", "P05"]
    assert (report["zones"], report["part"]) == ([], "城东区民政局")
    progress = (await visitor.get("/api/v1/waves/W1/progress")).json()
    assert [row["code"] for row in progress["projects"]] == ["P01", "P04", "P05"]


async def test_a_street_reads_its_own_zone_and_no_project_of_the_district(office: serving.Office) -> None:
    scene = await scene_after_closing()
    visitor = await street(office, scene.east)
    said = text_of(await visitor.get("/report/W1"))
    assert "本街道的部分：城东街道" in said and "城西街道" not in said
    assert "总体满意率" in said and "困难群众生活救助 70" in said, "what its own people said, project by project"
    assert "98.3%" not in said, "the rate of the whole project is not a street's"
    assert (await visitor.get("/report/W1/projects/P01")).status_code == 403
    for address in ("figures/project:P01:M01", "figures/zone:CD02:M01"):
        assert (await visitor.get(f"/report/W1/{address}")).status_code == 404, address
    assert (await visitor.get("/report/W1/figures/zone:CD01:M01")).status_code == 200
    for kind in KINDS:
        words = words_in(kind, (await visitor.post("/report/W1/files", data={"format": kind})).content)
        assert "城东街道" in words and "城西街道" not in words and "背街小巷改造" not in words, kind
    assert (await visitor.get("/api/v1/waves/W1/progress")).json()["projects"] == []


async def test_an_account_without_a_place_of_its_own_reads_the_district_and_nothing_else(
    office: serving.Office,
) -> None:
    await scene_after_closing()
    for role in (Role.STREET, Role.DEPARTMENT):
        visitor = await office.visitor_as(role, await cast.account(role))
        said = text_of(await visitor.get("/report/W1"))
        assert "总体满意率" in said and "账号没有登记" in said
        for name in (*OTHERS_PROJECTS, *OTHERS_PLACES, "困难群众生活救助"):
            assert name not in said, name


async def test_officials_and_the_office_still_read_everything(office: serving.Office) -> None:
    await scene_after_closing()
    for role in (Role.OFFICIAL, Role.SUPERVISOR):
        said = text_of(await (await office.visitor_as(role)).get("/report/W1"))
        for name in (*OTHERS_PROJECTS, *OTHERS_PLACES, "困难群众生活救助"):
            assert name in said, (role, name)
