"""The REST API in front of orders and inventory."""

import names
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


class Api(Construct):
    """`/orders`, `/orders/{id}`, `/inventory/{productId}` and `/inventory/reserve`, each passed on as it came."""

    def __init__(
        self, scope: Construct, construct_id: str, *, orders: lambda_.Function, inventory: lambda_.Function
    ) -> None:
        super().__init__(scope, construct_id)
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=names.API,
            description="ShopFast orders and inventory",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            deploy_options=apigateway.StageOptions(stage_name="prod"),
            cloud_watch_role=False,
        )
        self.rest.node.try_remove_child("Endpoint")  # the stack publishes it under a name that scripts can know
        self._order_routes(apigateway.LambdaIntegration(orders, allow_test_invoke=False))
        self._inventory_routes(apigateway.LambdaIntegration(inventory, allow_test_invoke=False))

    def _order_routes(self, integration: apigateway.LambdaIntegration) -> None:
        orders = self.rest.root.add_resource("orders")
        orders.add_method("GET", integration)
        orders.add_method("POST", integration)
        orders.add_resource("{id}").add_method("GET", integration)

    def _inventory_routes(self, integration: apigateway.LambdaIntegration) -> None:
        inventory = self.rest.root.add_resource("inventory")
        stock = inventory.add_resource("{productId}")
        stock.add_method("GET", integration)
        stock.add_method("PUT", integration)
        inventory.add_resource("reserve").add_method("POST", integration)
