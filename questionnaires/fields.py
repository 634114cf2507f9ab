"""Field types that keep instants comparable on both engines."""

import datetime as dt
from typing import Any

from tortoise import fields


class UtcDatetimeField(fields.DatetimeField[Any]):
    """An aware instant, always written in UTC.

    SQLite compares instants as text, so one row in +08:00 would sort wrongly among rows in UTC (measured); a naive
    value has no meaning here and is refused.
    """

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dt.datetime):
            raise TypeError(f"{self.model_field_name}: an instant is wanted, not {type(value).__name__}")
        if value.utcoffset() is None:
            raise ValueError(f"{self.model_field_name}: an instant needs its zone")
        return super().to_db_value(value.astimezone(dt.UTC), instance)
