#!/usr/bin/env bash
# aws-cdk-lib 2.276.0: the metrics that a LambdaInvoke task offers (`metricFailed()` and its like), in an alarm.
# By default the task becomes `arn:aws:states:::lambda:invoke`, for which Step Functions sends ServiceIntegrationsFailed with
# ServiceIntegrationResourceArn; its documentation keeps LambdaFunctionsFailed for tasks whose Resource is the function's own ARN. The
# helper names LambdaFunctionsFailed with LambdaFunctionArn all the same: the alarm is valid, has no data, and never fires. Only with
# `payloadResponseOnly` do the task and its metric fit. Reported as aws/aws-cdk issue 24048 (open).
# Seen: "default: resource lambda:invoke, alarm on LambdaFunctionsFailed by LambdaFunctionArn" and
# "payloadResponseOnly: resource the function, alarm on LambdaFunctionsFailed by LambdaFunctionArn".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1 >npm.log
cat >synth.js <<'JS'
const cdk = require("aws-cdk-lib");
const { aws_lambda: lambda, aws_stepfunctions: sfn, aws_stepfunctions_tasks: tasks } = cdk;

function seen(props) {
  const app = new cdk.App({ outdir: require("fs").mkdtempSync("out-") });
  const stack = new cdk.Stack(app, "Shop");
  const code = lambda.Code.fromInline("def handler(event, context): return event");
  const orders = new lambda.Function(stack, "Orders", { code, handler: "index.handler", runtime: lambda.Runtime.PYTHON_3_13 });
  const task = new tasks.LambdaInvoke(stack, "Invoke", { lambdaFunction: orders, ...props });
  new sfn.StateMachine(stack, "Machine", { definitionBody: sfn.DefinitionBody.fromChainable(task) });
  task.metricFailed().createAlarm(stack, "Failed", { threshold: 1, evaluationPeriods: 1 });
  const all = Object.values(app.synth().getStackByName("Shop").template.Resources);
  const of = (type) => all.find((each) => each.Type === type).Properties;
  const definition = JSON.stringify(of("AWS::StepFunctions::StateMachine").DefinitionString);
  const resource = definition.includes(":states:::lambda:invoke") ? "lambda:invoke" : "the function";
  const alarm = of("AWS::CloudWatch::Alarm");
  const by = alarm.Dimensions.map((each) => each.Name).join();
  return `resource ${resource}, alarm on ${alarm.MetricName} by ${by}`;
}
console.log("default:", seen({}));
console.log("payloadResponseOnly:", seen({ payloadResponseOnly: true }));
JS
node synth.js | tee seen.txt
diff seen.txt - <<'SEEN'
default: resource lambda:invoke, alarm on LambdaFunctionsFailed by LambdaFunctionArn
payloadResponseOnly: resource the function, alarm on LambdaFunctionsFailed by LambdaFunctionArn
SEEN
