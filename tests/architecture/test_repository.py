"""The repository as others clone it: clean text, no address of a registry or of one machine, licences that fit."""

import importlib.metadata
import re
import tomllib

from packaging.requirements import Requirement

from tests.architecture.sources import ROOT, files, texts

LARGEST = 2_000_000
GENERATED = (".csv", ".lock")
HOSTS = re.compile(
    "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(org|com)", "--(extra-)?index" + "-url"))
)
INDEX_OPTION = "--no-emit-index" + "-url"
MACHINE = re.compile(r"(?<![\w.])/(work|root|home|Users)/[\w.-]+")
OUTSIDE = re.compile(r"\.\./" + "shared|/shared/(domain|oracles|design|examples|seeds)")
CONFLICT = re.compile(r"^(<{7}|>{7}|={7})( |$)", re.M)
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}")
NOT_OURS_TO_SHIP = re.compile(r"\b(A?GPL)(v?\d)?\b|GNU (AFFERO )?GENERAL PUBLIC", re.I)
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|LGPL|Lesser General|Unlicense|Zlib|CC0|HPND|OFL|Open Font|Public Domain"
    r"|PostgreSQL",
    re.I,
)


def _names(lock: str) -> list[str]:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    wanted = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[a-zA-Z0-9]", line)]
    return [need.name for need in wanted if need.marker is None or need.marker.evaluate()]


def _licence(name: str) -> str:
    data = importlib.metadata.metadata(name)
    said = [data.get("License-Expression") or ""]
    said += [line for line in data.get_all("Classifier") or [] if line.startswith("License ::")]
    said += [(data.get("License") or "").strip().split("\n")[0]]
    if not any(said):
        enclosed = [file for file in importlib.metadata.files(name) or [] if file.name.startswith("LICENSE")]
        said = [str(file.read_text())[:300] for file in enclosed]
    return "; ".join(part for part in said if part and part != "UNKNOWN")


def test_every_dependency_has_a_licence_that_lets_us_pass_it_on() -> None:
    wrong = []
    for name in _names("requirements-test.lock"):
        licence = _licence(name)
        free, bound = FREE.search(licence), NOT_OURS_TO_SHIP.search(licence.replace("LGPL", ""))
        wrong += [f"{name}: {licence or 'says nothing'}"] if bound or not free else []
    assert not wrong, "\n".join(wrong)


def test_the_locks_hold_what_the_project_asks_for_with_digests_and_no_addresses() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    runtime, test = set(_names("requirements.lock")), set(_names("requirements-test.lock"))
    assert {Requirement(line).name for line in project["dependencies"]} <= runtime
    assert {Requirement(line).name for line in project["optional-dependencies"]["test"]} <= test
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text, f"{lock} names an address"
        pinned = len(re.findall(r"^[a-zA-Z0-9][^ ]*==", text, re.M))
        assert 0 < pinned <= text.count("--hash=sha256:"), f"{lock}: something without a digest"


def test_both_locks_pin_the_same_versions() -> None:
    pins = [
        set(re.findall(r"^([a-zA-Z0-9][^ ;]*==[^ ;]+)", (ROOT / lock).read_text("utf-8"), re.M))
        for lock in ("requirements.lock", "requirements-test.lock")
    ]
    assert pins[0] <= pins[1], f"only in the runtime lock: {sorted(pins[0] - pins[1])}"


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = []
    for name, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            if any(pattern.search(line.replace(INDEX_OPTION, "")) for pattern in (HOSTS, MACHINE, OUTSIDE)):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found[:20])


def test_every_text_file_is_clean() -> None:
    found = []
    for path in files():
        raw, name = path.read_bytes(), path.relative_to(ROOT).as_posix()
        if path.suffix in (
            ".png",
            ".jpg",
            ".xlsx",
            ".docx",
            ".pdf",
            ".woff2",
            ".ico",
            ".otf",
            ".gz",
        ) or name.startswith("tests/"):
            continue
        text = raw.decode("utf-8")
        trailing = any(line != line.rstrip() for line in text.split("\n")) and path.suffix not in (*GENERATED, ".md")
        problems = {
            "NUL byte": b"\x00" in raw,
            "carriage return": b"\r" in raw and path.suffix != ".csv",
            "byte order mark": text.startswith("\ufeff") and path.suffix != ".csv",
            "no newline at its end": bool(text) and not text.endswith("\n"),
            "blanks at the end of a line": trailing,
            "a merge mark": bool(CONFLICT.search(text)) and path.suffix != ".md",
            "a secret": bool(SECRET.search(text)),
            "very large": len(raw) > LARGEST,
        }
        found += [f"{name}: {what}" for what, present in problems.items() if present]
    assert not found, "\n".join(found)


def test_nothing_that_belongs_to_an_installation_is_in_the_repository() -> None:
    bad = re.compile(r"\.(db|sqlite3?|log|pem|key|kek)(-wal|-shm)?$|(^|/)(kek|\.env|uv\.lock)$")
    found = [name for path in files() if bad.search(name := path.relative_to(ROOT).as_posix())]
    assert not found, "\n".join(found)


def test_the_makefile_and_the_readme_speak_of_the_same_commands() -> None:
    readme, makefile = ROOT / "README.md", (ROOT / "Makefile").read_text("utf-8")
    said = set(re.findall(r"`make ([a-z]+)", readme.read_text("utf-8"))) if readme.exists() else set()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    assert {"setup", "demo", "test", "check", "bench", "faults", "clean"} <= targets
    assert said <= targets, f"the README names what the Makefile does not have: {sorted(said - targets)}"
