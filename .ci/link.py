"""Makes this clone importable and its command callable in the environment, without building anything.

A build would fetch its tools at versions that no lock names; a path file, a script and a metadata file are all it makes.
"""

import stat
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """#!{python}
from {module} import {function}

{function}()
"""


def link(project: dict[str, object], site: Path, scripts: Path) -> None:
    """Write the three files for the project table of pyproject.toml."""
    name, version = str(project["name"]), str(project["version"])
    (site / f"{name}.pth").write_text(f"{ROOT}\n", "utf-8")
    described = site / f"{name.replace('-', '_')}-{version}.dist-info"
    described.mkdir(exist_ok=True)
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    commands = project["scripts"]
    assert isinstance(commands, dict)
    for command, target in commands.items():
        module, _, function = str(target).partition(":")
        script = scripts / str(command)
        script.write_text(SCRIPT.format(python=sys.executable, module=module, function=function), "utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    link(described, Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("scripts")))
