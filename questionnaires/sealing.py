"""The only view the libraries have of secrets: text goes in, sealed text comes out, and the other way round."""

from typing import Protocol


class Sealer(Protocol):
    """Authenticated encryption of single fields, bound to their column and row, and keyed look-up digests."""

    def seal(self, column: str, row: str, text: str) -> str:
        """Sealed form of `text`, valid only for this column (`table.column`) and this row reference."""
        ...

    def unseal(self, column: str, row: str, sealed: str) -> str:
        """The text again; raises when the value was altered or moved to another row or column."""
        ...

    def blind_index(self, kind: str, text: str) -> str:
        """Keyed digest (hex) by which equal texts of one kind find each other without being readable."""
        ...
