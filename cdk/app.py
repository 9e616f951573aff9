"""ShopFast on AWS: `python cdk/app.py` synthesises it into $CDK_OUTDIR (cdk.out), offline and for any account."""

import os
from pathlib import Path

from shopfast_obs.constructs import apply_overlay, node

node.ensure()  # before the first import of aws_cdk

import names  # noqa: E402
from aws_cdk import App  # noqa: E402
from stateful import DataStack  # noqa: E402
from stateless import ServicesStack  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    app = App(
        outdir=os.environ.get("CDK_OUTDIR"),
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,  # two thirds of the time; cfn-lint does it in the tests
        context={"@aws-cdk/aws-iam:minimizePolicies": True},
    )
    starter = app.node.try_get_context("starter") or os.environ.get("SHOPFAST_STARTER") or "starter"
    data = DataStack(app, names.DATA_STACK)
    services = ServicesStack(
        app,
        names.SERVICES_STACK,
        starter=ROOT / starter,
        customer_email=app.node.try_get_context("customer_email"),
    )
    services.add_stack_dependency(data)
    apply_overlay(app, Path(__file__).with_name("overlay.json"))
    app.synth()


main()
