"""The doctor names every unsafe setting, and an unsafe installation does not start."""

import dataclasses
from pathlib import Path

import pytest

from survey_service.cli.operating import refuse_findings
from survey_service.errors import OperatorRefused
from survey_service.operation import doctor
from survey_service.settings import Settings
from survey_service.trust import keys
from tests import serving


async def refused(settings: Settings) -> list[str]:
    return [finding.sentence for finding in await doctor.examine(settings) if finding.refused]


async def test_a_sound_embedded_installation_is_refused_nothing(office: serving.Office, engine: str) -> None:
    if (path := office.site.settings.sqlite_path) is not None:
        assert any(
            "survey.db 的权限过宽" in sentence for sentence in await refused(office.site.settings)
        )  # a copied file
        path.chmod(0o600)
    found = await refused(office.site.settings)
    if engine == "sqlite":
        assert found == []
    else:
        # the tests' own server gives durability up for speed, which is just what must not be served
        assert found == [
            "PostgreSQL fsync = off",
            "PostgreSQL synchronous_commit = off",
            "PostgreSQL full_page_writes = off",
        ]


async def test_a_key_that_others_can_read_is_refused(office: serving.Office) -> None:
    office.site.settings.key_file.chmod(0o444)
    assert any("权限" in sentence for sentence in await refused(office.site.settings))


async def test_a_missing_key_and_somebody_elses_key_are_refused(office: serving.Office, tmp_path: Path) -> None:
    nowhere = dataclasses.replace(office.site.settings, key_file=tmp_path / "nowhere" / "kek")
    assert any("找不到密钥文件" in sentence for sentence in await refused(nowhere))
    keys.make_key_file(tmp_path / "other" / "kek")
    other = dataclasses.replace(office.site.settings, key_file=tmp_path / "other" / "kek")
    assert any("不配套" in sentence for sentence in await refused(other))


async def test_plain_http_for_the_world_and_a_missing_proxy_are_refused(office: serving.Office) -> None:
    open_to_all = dataclasses.replace(office.site.settings, host="0.0.0.0", public_url="http://hf.example.gov.cn")
    found = await refused(open_to_all)
    assert any("明文" in sentence for sentence in found) and any("TRUSTED_PROXIES" in sentence for sentence in found)


async def test_a_gateway_without_https_is_refused_unless_its_host_is_listed(office: serving.Office) -> None:
    plain = dataclasses.replace(office.site.settings, sms_url="http://sms.example/send")
    assert any("短信网关" in sentence for sentence in await refused(plain))
    listed = dataclasses.replace(plain, gateway_hosts=("sms.example",))
    assert not any("短信网关" in sentence for sentence in await refused(listed))


def test_what_the_doctor_refuses_does_not_start() -> None:
    with pytest.raises(OperatorRefused, match="密钥文件 kek 的权限过宽"):
        refuse_findings([doctor.Finding(True, "密钥文件 kek 的权限过宽"), doctor.Finding(False, "系统时钟正常")])
    refuse_findings([doctor.Finding(False, "系统时钟正常")])
