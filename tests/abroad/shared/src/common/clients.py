"""The clients that the functions share."""

import boto3

sns = boto3.client("sns")
events = boto3.client("events")
