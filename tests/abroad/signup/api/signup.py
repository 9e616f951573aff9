import json
import logging
import os

import boto3

log = logging.getLogger()
log.setLevel("INFO")
workflow = boto3.client("stepfunctions")


def lambda_handler(event, context):
    person = json.loads(event["body"])
    log.info("sign-up of %s", person["name"])
    started = workflow.start_execution(stateMachineArn=os.environ["GREETING"], input=json.dumps(person))
    return {"statusCode": 202, "body": json.dumps({"greeting": started["executionArn"]})}
