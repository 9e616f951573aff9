"""Every physical name of ShopFast, and the ARNs that follow from them.

The stacks refer to each other by name, not by export: each can be updated without the other.
"""

from aws_cdk import ArnFormat, Aws, Stack

DATA_STACK = "shopfast-data"
SERVICES_STACK = "shopfast-services"

PRODUCTS_TABLE = "shopfast-products"
ORDERS_TABLE = "shopfast-orders"
ORDERS_BY_CUSTOMER = "by-customer"
INVENTORY_TABLE = "shopfast-inventory"

EVENT_BUS = "shopfast-events"
ORDER_EVENTS_RULE = "shopfast-order-events"
ORDER_WORKFLOW_RULE = "shopfast-order-created"
ORDER_WORKFLOW = "shopfast-order-workflow"

ORDER_EVENTS_TOPIC = "shopfast-order-events"
INVENTORY_TOPIC = "shopfast-inventory-updates"
NOTIFICATIONS_TOPIC = "shopfast-notifications"

ORDER_QUEUE = "shopfast-order-queue"
NOTIFICATION_DLQ = "shopfast-notification-dlq"
INVENTORY_DLQ = "shopfast-inventory-dlq"

PAYMENT_SECRET = "shopfast-payment-key"  # noqa: S105 - the name of a secret, not one
ANALYTICS_STREAM = "shopfast-analytics-stream"
ANALYTICS_BUCKET = f"shopfast-analytics-{Aws.ACCOUNT_ID}-{Aws.REGION}"  # bucket names are global

PRODUCT_FUNCTION = "shopfast-product-service"
ORDER_FUNCTION = "shopfast-order-service"
INVENTORY_FUNCTION = "shopfast-inventory-service"
NOTIFICATION_FUNCTION = "shopfast-notification-handler"

API = "shopfast-api"
FRONTEND = "shopfast-frontend"
FRONTEND_BUCKET = f"{FRONTEND}-{Aws.ACCOUNT_ID}-{Aws.REGION}"
VPC = "shopfast-network"


def arn(stack: Stack, service: str, name: str, kind: str = "", separator: str = "/") -> str:
    """The ARN of a resource of this account and region: `kind/name`, or the bare name where the service has no kind."""
    if not kind:
        return stack.format_arn(service=service, resource=name, arn_format=ArnFormat.NO_RESOURCE_NAME)
    form = ArnFormat.COLON_RESOURCE_NAME if separator == ":" else ArnFormat.SLASH_RESOURCE_NAME
    return stack.format_arn(service=service, resource=kind, resource_name=name, arn_format=form)
