"""Sealed text: AES-256-GCM, bound to the row it belongs to, so that a ciphertext cannot be moved to another."""

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def close(text: str, *, bound_to: str) -> bytes:
    """The text, readable only with the installation's secret and the same binding."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key()).encrypt(nonce, text.encode(), bound_to.encode())


def open_(sealed: bytes, *, bound_to: str) -> str:
    """What `close` sealed; `cryptography.exceptions.InvalidTag` when it was moved or changed."""
    return AESGCM(_key()).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), bound_to.encode()).decode()


def _key() -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"samen seal 1").derive(
        settings.SECRET_KEY.encode()
    )
