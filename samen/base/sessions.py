"""Sessions in the database, under the hash of their key: who reads the table cannot become anybody."""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db


def _hashed(session_key: str | None) -> str | None:
    # 40 characters is the column's width; 160 bits of SHA-256 remain.
    return None if session_key is None else hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's database sessions; only the hash of the key is stored."""

    def _get_session_from_db(self) -> Any:
        plain = self.session_key
        self._session_key = _hashed(plain)
        try:
            found = super()._get_session_from_db()  # type: ignore[misc]
        finally:
            self._session_key = plain
        if found is None:
            self._session_key = None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to store, under the hashed key."""
        row = super().create_model_instance(data)
        row.session_key = _hashed(row.session_key) or ""
        return row

    def exists(self, session_key: str) -> bool:
        """Whether a session with this key is stored."""
        return super().exists(_hashed(session_key) or "")

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session with this key, or this one."""
        super().delete(_hashed(session_key or self.session_key))
