"""What is declared inside another resource as the resource that it is elsewhere: methods of a body, stages of a
deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.model.resources import HTTP_API, HTTP_INTEGRATION, REST_API, REST_METHOD, REST_STAGE, Resource
from shopfast_obs.parse.dialects.interface import mapping

DEPLOYMENT = "AWS::ApiGateway::Deployment"
INTEGRATION = "x-amazon-apigateway-integration"
VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"})


def methods(api: Resource) -> Iterator[Resource]:
    """The methods of a REST API, or the integrations of an HTTP API, that stand in its Body."""
    if api.type not in (REST_API, HTTP_API):
        return
    for path, operations in mapping(mapping(api.properties.get("Body")).get("paths")).items():
        for verb, operation in mapping(operations).items():
            if verb in VERBS and INTEGRATION in mapping(operation):
                yield _method(api, "ANY" if verb.startswith("x-") else verb.upper(), path, operation[INTEGRATION])


def stages(resources: Sequence[Resource]) -> Iterator[Resource]:
    """The stages that deployments of REST APIs make on the way, for APIs without a stage of their own: SAM and CDK make
    one beside them that nobody calls."""
    declared = {str(r.properties.get("RestApiId")) for r in resources if r.type == REST_STAGE}
    for deployment in resources:
        name = deployment.properties.get("StageName")
        api = deployment.properties.get("RestApiId")
        if deployment.type == DEPLOYMENT and isinstance(name, str) and str(api) not in declared:
            said = mapping(deployment.properties.get("StageDescription"))
            # its logical id is that of the deployment, which is where it can be changed
            own = {"RestApiId": api, "StageName": name, "DeploymentId": {"Ref": deployment.logical_id}}
            properties = {**said, **own}
            yield Resource(
                REST_STAGE, name, deployment.logical_id, deployment.stack, "", properties,
                deployment.file, {"": deployment.lines.get("", 1)},
            )  # fmt: skip


def _method(api: Resource, verb: str, path: str, declared: object) -> Resource:
    integration = mapping(declared)
    wanted = {
        "Type": "type",
        "Uri": "uri",
        "TimeoutInMillis": "timeoutInMillis",
        "ResponseTransferMode": "responseTransferMode",
        "RequestParameters": "requestParameters",
    }
    read = {name: integration[key] for name, key in wanted.items() if key in integration}
    if api.type == REST_API:
        properties: Mapping[str, object] = {
            "RestApiId": api.reference or api.name,
            "HttpMethod": verb,
            "Integration": read,
        }
        return _at(api, REST_METHOD, f"{verb} {path}", properties)
    renamed = {
        "ApiId": api.reference or api.name,
        "IntegrationType": read.get("Type"),
        "IntegrationUri": read.get("Uri"),
        "TimeoutInMillis": read.get("TimeoutInMillis"),
        "RequestParameters": read.get("RequestParameters"),
    }
    return _at(api, HTTP_INTEGRATION, f"{verb} {path}", {k: v for k, v in renamed.items() if v is not None})


def _at(api: Resource, type_: str, name: str, properties: Mapping[str, object]) -> Resource:
    return Resource(type_, name, stack=api.stack, properties=properties, file=api.file, lines=api.lines)
