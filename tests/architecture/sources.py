"""What the checks of the house read: the files of the repository, parsed once."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("survey_service", "callbacks", "questionnaires", "analysis")
TEXT = {
    ".py", ".html", ".css", ".js", ".svg", ".md", ".toml", ".sql", ".csv", ".txt", ".lock", ".json", ".yml", ".yaml",
    ".sh", ".cfg", ".ini", ".xml", ".typ", "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its place in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """The top folder."""
        return self.path.relative_to(ROOT).parts[0]

    @property
    def module(self) -> str:
        """The dotted name."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def docstring(self) -> str:
        """The sentence at its top."""
        return ast.get_docstring(self.tree) or ""

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything that is imported, `from x import y` as x.y."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for name in sorted(set(listed)) if (path := ROOT / name).is_file())


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    """Name and content of every text file."""
    return tuple(
        (path.relative_to(ROOT).as_posix(), path.read_text("utf-8", errors="replace"))
        for path in files()
        if path.suffix in TEXT
    )


@functools.cache
def everything() -> tuple[Source, ...]:
    """Every Python file."""
    found = [(path, path.read_text("utf-8")) for path in files() if path.suffix == ".py"]
    return tuple(Source(path, text, ast.parse(text)) for path, text in found)


@functools.cache
def product() -> tuple[Source, ...]:
    """The Python files of the four packages."""
    return tuple(source for source in everything() if source.package in PACKAGES)
