"""The credentials of one local cloud. Each state folder has a secret of its own, from which those of every account and
of functions follow. The access key is the account: MiniStack takes a 12-digit key for one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from shopfast_obs import ownership

ACCOUNT = "000000000000"
FILE = ownership.KEYS_FILE
DRAFT = f"{FILE}.new"
LENGTH = 40  # characters of a secret, as AWS's have
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Keys:
    """What a client signs with; `token` is empty for keys that last."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(default="", repr=False)

    def environment(self) -> dict[str, str]:
        """The variables from which AWS's clients read them."""
        token = {"AWS_SESSION_TOKEN": self.token} if self.token else {}
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            **token,
        }


@dataclass(frozen=True, slots=True)
class Credentials:
    """All credentials that follow from the secret of one state folder."""

    secret: str = field(repr=False)

    def keys(self, account: str = ACCOUNT) -> Keys:
        """The keys of an account, for people and their tools."""
        return Keys(account, self.secret if account == ACCOUNT else self._derived(f"account {account}"))

    def session(self, account: str = ACCOUNT) -> Keys:
        """The keys of an account's functions: what a function prints is not what its owner signs with."""
        return Keys(account, self._derived(f"session {account}"), self._derived(f"token {account}"))

    def known(self, access_key_id: str, token: str) -> Keys | None:
        """The keys that a caller with this access key and token has; None for one that this cloud has not made."""
        if not _ACCOUNT.fullmatch(access_key_id):
            return None
        if not token:
            return self.keys(access_key_id)
        keys = self.session(access_key_id)
        return keys if hmac.compare_digest(keys.token.encode(), token.encode()) else None

    def _derived(self, purpose: str) -> str:
        return _derived(self.secret, purpose)


@lru_cache(256)
def _derived(secret: str, purpose: str) -> str:
    digest = hmac.new(secret.encode(), f"shopfast-obs {purpose}".encode(), hashlib.sha384).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def load(state: Path) -> Credentials | None:
    """The credentials of a state folder; None where no cloud has been started, and for those of another folder."""
    found = ownership.keys(state)
    return Credentials(found[1]) if found else None


def ensure(state: Path) -> Credentials:
    """The credentials of a state folder, made when it has none."""
    found = load(state)
    if found is not None:
        (state / FILE).chmod(0o600)
        return found
    made = Credentials(secrets.token_urlsafe(LENGTH)[:LENGTH])
    keys = made.keys()
    draft = state / DRAFT
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
        written.write(f"[default]\naws_access_key_id = {keys.access_key_id}\n")
        written.write(f"aws_secret_access_key = {keys.secret_access_key}\n")
        for name, seal in ownership.seals(state, keys.secret_access_key).items():
            written.write(f"{name} = {seal}\n")
    draft.replace(state / FILE)
    return made


def environment(endpoint_url: str, region: str, keys: Keys) -> dict[str, str]:
    """The environment variables with which any AWS client reaches the cloud."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **keys.environment(),
    }


def signed(method: str, url: str, body: bytes, keys: Keys, service: str = "shopfast-obs") -> dict[str, str]:
    """The headers of a request to the cloud's own routes."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Signing

    request = AWSRequest(method, url, data=body)
    signing = Signing(keys.access_key_id, keys.secret_access_key, keys.token or None)
    SigV4Auth(signing, service, "us-east-1").add_auth(request)
    return {str(name): str(value) for name, value in request.headers.items()}
