"""Cells of a row by the meaning of their column. Pure."""

from callbacks.frame.files.tables import SourceRow, TableHead


class Cells:
    """Finds the cell of a use in rows of one table."""

    def __init__(self, head: TableHead) -> None:
        self._index: dict[str, int] = {}
        self._header: dict[str, str] = {}
        for column in head.columns:
            self._index.setdefault(column.use, column.index)
            self._header.setdefault(column.use, column.header)

    def has(self, use: str) -> bool:
        """Whether the table has a column of this use."""
        return use in self._index

    def text(self, row: SourceRow, use: str) -> str:
        """The cell, or an empty text."""
        return row.cell(self._index[use]) if use in self._index else ""

    def header(self, use: str) -> str:
        """The column's words in the file."""
        return self._header.get(use, "")
