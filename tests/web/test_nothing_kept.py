"""Nothing that visitors send is remembered by the server once they are answered, whether it was taken or not."""

from litestar import _parsers

from survey_service.trust.viewer import Role
from survey_service.web import shield
from tests import serving

TIMES = 20
MEMORIES = (_parsers.parse_cookie_string, _parsers.parse_url_encoded_form_data, _parsers.parse_query_string)


def _remembered() -> list[int]:
    return [memory.cache_info().currsize for memory in MEMORIES]


async def test_neither_cookies_nor_forms_nor_queries_are_remembered(office: serving.Office) -> None:
    for memory in MEMORIES:
        memory.cache_clear()
    stranger, admin = office.visitor(), await office.visitor_as(Role.ADMIN)
    del admin.headers["x-csrf-token"]
    for number in range(TIMES):
        cookies = {"cookie": f"some={number}"}
        assert (await stranger.get(f"/s/{'A' * 20}{number:02d}", headers=cookies)).status_code in {404, 429}
        assert (await stranger.get(f"/public/is-this-real?agent={number}")).status_code in {200, 429}
        assert (await admin.post("/admin/accounts", data={"name": f"n{number}"})).status_code == 403
    cookies_kept, forms_kept, queries_kept = _remembered()
    assert (cookies_kept, forms_kept) == (0, 0)
    assert queries_kept < TIMES / 2


async def test_an_address_too_long_to_be_ours_never_reaches_the_router(office: serving.Office) -> None:
    stranger = office.visitor()
    assert (await stranger.get("/s/" + "A" * shield.LONGEST_PATH)).status_code == 414
    assert (await stranger.get("/login?done=" + "A" * shield.LONGEST_QUERY)).status_code == 414
    assert (await stranger.get("/login?done=" + "A" * (shield.LONGEST_QUERY - 20))).status_code == 200
