"""The Node of the wheel is the Node of jsii, unless somebody chose another."""

import subprocess

from shopfast_obs.constructs import node


def test_the_wheels_node_runs() -> None:
    """It is there and of a version that CDK takes."""
    path = node.executable()
    assert path is not None
    version = subprocess.run([str(path), "--version"], check=True, capture_output=True, text=True).stdout
    assert int(version.lstrip("v").split(".")[0]) >= 22


def test_jsii_is_pointed_at_it() -> None:
    """Where the environment names none."""
    environ: dict[str, str] = {}
    node.ensure(environ)
    assert environ == {"JSII_NODE": str(node.executable())}


def test_a_choice_is_kept() -> None:
    """Somebody's own Node stays."""
    environ = {"JSII_NODE": "/opt/node"}
    node.ensure(environ)
    assert environ == {"JSII_NODE": "/opt/node"}
