"""The services that start a handler, from the templates beside it."""

from pathlib import Path

from shopfast_obs.instrument.application_tests.triggers import named

SAM = """\
Globals:
  Function:
    Handler: app.handler
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: orders/
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}
        Api: {Type: Api, Properties: {Path: /, Method: get}}
  Table: {Type: AWS::DynamoDB::Table}
"""
SERVERLESS = """\
service: todos
functions:
  create:
    handler: todos/create.create
    events:
      - http: POST todos
      - unknown: 1
  odd: text
"""


def test_sam_and_serverless_name_them(tmp_path: Path) -> None:
    """By file and function; what is no template or says nothing is passed over."""
    for name, text in (("template.yaml", SAM), ("serverless.yml", SERVERLESS), ("template.json", "{"), ("a.yml", SAM)):
        (tmp_path / name).write_text(text)
    assert named(sorted(tmp_path.iterdir())) == {
        (tmp_path / "orders" / "app.py", "handler"): ["sqs", "api"],
        (tmp_path / "todos" / "create.py", "create"): ["api"],
    }
