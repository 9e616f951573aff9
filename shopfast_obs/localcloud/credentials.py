"""Who calls the local cloud. MiniStack takes a 12-digit access key as the account, so the key is the account: every
client with these credentials and every function see the same resources."""

from __future__ import annotations

ACCOUNT = "000000000000"
SECRET_ACCESS_KEY = "local"  # noqa: S105 - no secret: signatures are not verified on loopback


def access_key_id(account: str = ACCOUNT) -> str:
    """The access key that acts in `account`."""
    return account


def environment(endpoint_url: str, region: str, account: str = ACCOUNT) -> dict[str, str]:
    """The environment variables with which any AWS client reaches the cloud."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": access_key_id(account),
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    }
