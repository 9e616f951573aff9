"""The partitions of AWS (`aws`, `aws-cn`, `aws-us-gov`, ...): which one a region is in, and what differs there."""

from __future__ import annotations

import re

from shopfast_obs.facts import every, fact

COMMERCIAL = "aws"


def of_region(region: str) -> str:
    """The id of the partition that has the region; `aws` for a region that no pattern of AWS's fits."""
    known = fact("partitions").value
    return next((id_ for id_, said in known.items() if re.fullmatch(said["regions"], region)), COMMERCIAL)


def named(region: str) -> str:
    """The region where it is in no commercial partition, else CloudFormation's name for whichever it will be."""
    return "${AWS::Region}" if of_region(region) == COMMERCIAL else region


def suffix(region: str) -> str:
    """The domain of the partition's endpoints: `amazonaws.com`, `amazonaws.com.cn`, ..."""
    return str(fact("partitions").value[of_region(region)]["suffix"])


def powertools_layer(region: str, runtime: str, architecture: str) -> str | None:
    """The ARN of the Powertools layer in a region, for a runtime (`python3.13`) and an architecture; None in a
    partition for which nobody publishes it."""
    partition = of_region(region)
    place = {"aws": "", "aws-cn": "-cn", "aws-us-gov": f"-{region}"}.get(partition)
    account = every().get(f"powertools-layer-account{place}") if place is not None else None
    if account is None:
        return None
    name = f"AWSLambdaPowertoolsPythonV3-{runtime.replace('.', '')}-{architecture}"
    return f"arn:{partition}:lambda:{region}:{account.value}:layer:{name}:{fact('powertools-layer-version').value}"
