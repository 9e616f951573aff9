"""The SDK that a package asks for."""

import pytest

from shopfast_obs.parse.package_requirements import asked, installed, settings

LOCK = """
[[package]]
name = "boto3"
version = "1.34.2"

[[package]]
name = "requests"
version = "2.32.0"
"""


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("src/requirements.txt", "boto3==1.34.0 # pinned\nrequests\n-r other.txt\n", {"boto3": "==1.34.0"}),
        ("requirements.txt", "Boto3[crt]>=1.26,<2; python_version > '3.8'\n", {"boto3": ">=1.26,<2"}),
        ("requirements.txt", "botocore==1.34.0 \\\n    --hash=sha256:00\n", {"botocore": "==1.34.0"}),
        ("requirements.txt", "# boto3==1.0\nboto3-stubs==1.34\n", {}),
        ("requirements.txt", "boto3\n", {"boto3": ""}),
        ("poetry.lock", LOCK, {"boto3": "==1.34.2"}),
        ("uv.lock", LOCK, {"boto3": "==1.34.2"}),
        ("Pipfile.lock", '{"default": {"boto3": {"version": "==1.34.3"}}, "develop": {}}', {"boto3": "==1.34.3"}),
        ("Pipfile", '[packages]\nboto3 = "*"\n', {"boto3": ""}),
        ("pyproject.toml", '[project]\ndependencies = ["boto3>=1.44", "click"]\n', {"boto3": ">=1.44"}),
        ("pyproject.toml", '[tool.poetry.dependencies]\nboto3 = {version = "^1.26"}\n', {"boto3": "^1.26"}),
        ("poetry.lock", "no [ toml", {}),
        ("Pipfile.lock", "[]", {}),
    ],
)
def test_what_a_file_asks_for(file: str, text: str, wanted: dict[str, str]) -> None:
    """By its form; of one that cannot be read nothing."""
    assert asked(file, text) == wanted


def test_what_is_installed_beside_the_modules() -> None:
    """As pip leaves it."""
    assert installed("boto3-1.34.0.dist-info") == ("boto3", "==1.34.0")
    assert installed("aws_xray_sdk-2.15.0.dist-info") == ("aws-xray-sdk", "==2.15.0")
    assert installed("requests-2.32.0.dist-info") is None


def test_the_settings_of_retries_in_an_aws_configuration() -> None:
    """Of the default profile."""
    assert settings("[default]\nretry_mode = standard\nmax_attempts = 4\nregion = x\n[profile b]\n") == (
        ("retry_mode", "standard"),
        ("max_attempts", "4"),
    )
    assert settings("no section") == ()
