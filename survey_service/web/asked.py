"""The request as handlers read it; once answered, nothing that somebody sent stays in memory.

The framework's own reading keeps the last 1,024 cookie headers, forms and queries of all visitors, however long. The
same are seldom sent twice: what stayed was a few hundred megabytes for whoever sends long ones, and people's words.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote

from litestar import Request
from litestar.datastructures import FormMultiDict, MultiDict
from litestar.enums import RequestEncodingType


class Asked(Request[Any, Any, Any]):
    """Reads cookies, forms and queries for this one request."""

    __slots__ = ("_cookies_read", "_form_read", "_query_read")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._cookies_read: dict[str, str] | None = None
        self._form_read: FormMultiDict | None = None
        self._query_read: list[tuple[str, str]] | None = None

    @property
    def cookies(self) -> dict[str, str]:
        """By name; of several with one name the last."""
        if self._cookies_read is None:
            pairs = (part.partition("=") for part in "; ".join(self.headers.getall("cookie", [])).split(";"))
            self._cookies_read = {
                name.strip(): unquote(value.strip().strip('"')) for name, is_pair, value in pairs if is_pair
            }
        return self._cookies_read

    @property
    def query_params(self) -> MultiDict[Any]:
        """What stands behind the question mark, fields without a value too."""
        if self._query_read is None:
            self._query_read = _pairs(self.scope.get("query_string", b""))
        return MultiDict(self._query_read)

    async def form(self) -> FormMultiDict:
        """The fields of a form; files come in forms of several parts, which the framework does not keep."""
        if self.content_type[0] != RequestEncodingType.URL_ENCODED:
            return await super().form()
        if self._form_read is None:
            self._form_read = FormMultiDict(_pairs(await self.body()))
        return self._form_read


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True)
