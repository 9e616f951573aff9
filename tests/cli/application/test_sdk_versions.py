"""Which SDK the package of a function brings."""

from pathlib import Path

from shopfast_obs.cli.application.sdk_versions import packages, settings
from shopfast_obs.model.sources import Package


def test_what_is_installed_wins_over_what_is_asked_for(tmp_path: Path) -> None:
    """It is what runs."""
    (tmp_path / "requirements.txt").write_text("boto3==1.20.0\n")
    assert packages(tmp_path) == (Package("boto3", "==1.20.0", f"{tmp_path.name}/requirements.txt"),)
    (tmp_path / "botocore-1.34.0.dist-info").mkdir()
    assert packages(tmp_path) == (Package("botocore", "==1.34.0", f"{tmp_path.name}/botocore-1.34.0.dist-info"),)


def test_a_lock_wins_over_a_range(tmp_path: Path) -> None:
    """It names the version."""
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["boto3>=1.26"]\n')
    (tmp_path / "uv.lock").write_text('[[package]]\nname = "boto3"\nversion = "1.44.1"\n')
    assert [one.versions for one in packages(tmp_path)] == ["==1.44.1"]


def test_a_list_above_counts_for_the_serverless_framework_alone(tmp_path: Path) -> None:
    """Others package what stands beside the modules; a CDK project's own list is its tools'."""
    source = tmp_path / "src"
    source.mkdir()
    (tmp_path / "requirements.txt").write_text("boto3==1.20.0\n")
    assert packages(source) == ()
    (tmp_path / "serverless.yml").write_text("service: x\n")
    assert [one.versions for one in packages(source)] == ["==1.20.0"]


def test_the_configuration_file_of_the_package(tmp_path: Path) -> None:
    """AWS_CONFIG_FILE names it where Lambda unpacks it; one outside of the package is not read."""
    (tmp_path / "aws.cfg").write_text("[default]\nretry_mode = adaptive\n")
    assert settings(tmp_path, "/var/task/aws.cfg") == (("retry_mode", "adaptive"),)
    assert settings(tmp_path, "aws.cfg") == (("retry_mode", "adaptive"),)
    inner = tmp_path / "inner"
    inner.mkdir()
    for elsewhere in ("../aws.cfg", "/etc/aws.cfg", "", None, {"Ref": "File"}, "gone.cfg"):
        assert settings(inner, elsewhere) == ()
