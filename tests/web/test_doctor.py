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


async def test_key_and_anchor_beside_the_data_are_told_at_home_and_refused_before_the_world(
    office: serving.Office, tmp_path: Path
) -> None:
    at_home = office.site.settings
    told = [finding.sentence for finding in await doctor.examine(at_home) if "同一个文件夹" in finding.sentence]
    assert len(told) == 2 and all(sentence.startswith("提醒") for sentence in told)
    assert not any("同一个文件夹" in sentence for sentence in await refused(at_home))
    outside = dataclasses.replace(at_home, public_url="https://hf.example.gov.cn", trusted_proxies=("127.0.0.1",))
    assert len([sentence for sentence in await refused(outside) if "同一个文件夹" in sentence]) == 2
    (tmp_path / "elsewhere").mkdir()
    data, key = tmp_path / "elsewhere" / "data", tmp_path / "keys" / "kek"
    data.mkdir()
    database = at_home.database_url
    if (path := at_home.sqlite_path) is not None:
        database = f"sqlite:///{path.rename(data / path.name)}"
    apart = dataclasses.replace(
        outside, database_url=database, data_dir=data, key_file=key, audit_anchor=tmp_path / "anchor" / "audit.anchor"
    )
    assert not any("同一个文件夹" in sentence for sentence in await refused(apart))


def test_what_the_doctor_refuses_does_not_start() -> None:
    with pytest.raises(OperatorRefused, match="密钥文件 kek 的权限过宽"):
        refuse_findings([doctor.Finding(True, "密钥文件 kek 的权限过宽"), doctor.Finding(False, "系统时钟正常")])
    refuse_findings([doctor.Finding(False, "系统时钟正常")])
