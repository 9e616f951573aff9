"""ShopFast through CloudFront in a real browser: blind and slow, then seen and quick, and kind in all trouble."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from shopfast_obs.model.overlay import ResourceOverlay
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.parse import overlay as overlay_file
from tests.browser import MISSING, executable
from tests.frontend.conftest import Shop, Visitor
from tests.story.conftest import eventually

pytestmark = [pytest.mark.cloud, pytest.mark.synth]

if executable() is None:  # one line for all of them
    pytest.skip(f"the shop was not seen in a browser: {MISSING}", allow_module_level=True)

HEADER = "x-correlation-id"
PRODUCT = "shopfast-product-service"
SERVICES = ("product-service", "order-service", "inventory-service", "notification-handler")
BIG_ENOUGH = ResourceOverlay(FUNCTION, PRODUCT, {"MemorySize": 1769, "Timeout": 20})


def test_a_blind_shop_fails_honestly(shop: Shop, visitor: Visitor) -> None:
    """The list is killed by its timeout: the shopper reads so, soon and after few tries, and no number is talked of."""
    visitor.open("/")
    visitor.sees("Loading the catalogue")
    told = visitor.alert()
    assert "The catalogue did not answer" in told and "your cart is as it was" in told
    assert "number" not in told
    assert len(visitor.sent("GET", "/products?")) == 2
    assert all(HEADER not in request.headers for request in visitor.requests)
    visitor.accessible()


@pytest.fixture(scope="module")
def helped(shop: Shop) -> Shop:
    """The shop with instruments, and with time and memory for its list."""
    project = shop.project
    project.run("instrument --apply")
    path = project.settings.overlay_path
    decided = overlay_file.read(path.read_text(encoding="utf-8")).with_resource(BIG_ENOUGH)
    path.write_text(overlay_file.write(decided), encoding="utf-8")
    assert project.json("deploy")["page"]["outcome"] == "published"
    return shop


def test_the_catalogue_is_found_leafed_through_and_searched(helped: Shop, visitor: Visitor) -> None:
    """After the fix it works; pages and searches have addresses of their own."""
    visitor.open("/")
    visitor.sees(re.compile(r"products, page 1 of \d+"))
    first = visitor.page.locator(".card-name").first.inner_text()
    visitor.accessible()
    visitor.click("Next", "link")
    visitor.sees(re.compile(r"page 2 of \d+"))
    assert visitor.page.locator(".card-name").first.inner_text() != first
    visitor.page.get_by_role("searchbox").fill("bamboo")
    visitor.page.keyboard.press("Enter")
    visitor.heading("Results for “bamboo”")
    visitor.sees(re.compile(r"^\d+ products?"))
    assert all("Bamboo" in name for name in visitor.page.locator(".card-name").all_inner_texts())
    visitor.page.reload()
    visitor.sees(re.compile(r"^\d+ products?"))
    visitor.open("/?search=no+such+thing")
    visitor.sees("Nothing matches")
    visitor.accessible()


@pytest.fixture(scope="module")
def customers(helped: Shop) -> str:
    """A queue that hears what customers are told; its URL."""
    url: str = helped.project.client("sqs").create_queue(QueueName="test-customers")["QueueUrl"]
    arn = "arn:aws:{}:us-east-1:000000000000:{}"
    helped.project.client("sns").subscribe(
        TopicArn=arn.format("sns", "shopfast-notifications"),
        Protocol="sqs",
        Endpoint=arn.format("sqs", "test-customers"),
    )
    return url


def test_one_purchase_has_one_number_everywhere(helped: Shop, visitor: Visitor, customers: str) -> None:
    """The browser, the logs of all four services, the trace and the message to the customer: it is the same."""
    visitor.take("p-00002")
    visitor.accessible()
    visitor.click("See the cart", "link")
    visitor.heading("Your cart")
    visitor.accessible()
    visitor.click("Go to checkout", "link")
    visitor.heading("Checkout")
    visitor.accessible()
    visitor.click("Buy now")
    order = visitor.bought()
    visitor.sees(re.compile("on its way to you|All is done"))
    assert visitor.page.locator(".way li", has_text="Shipped").get_attribute("data-done") == "true"
    visitor.accessible()
    number = visitor.sent("POST", "/orders")[0].headers[HEADER]
    assert eventually(lambda: {name for name in SERVICES if logged(helped, name, number)} == set(SERVICES))
    assert eventually(lambda: traced(helped, number) >= {"shopfast-order-service", PRODUCT})
    heard = eventually(lambda: told(helped, customers, order))
    assert heard["MessageAttributes"]["correlation_id"]["Value"] == number
    visitor.open("/purchases")
    visitor.sees("Complete")
    visitor.accessible()


def logged(shop: Shop, service: str, number: str) -> bool:
    """Whether the service's log has a structured line with the number."""
    pattern = f'{{ $.correlation_id = "{number}" }}'
    group = f"/aws/lambda/shopfast-{service}"
    return bool(shop.project.client("logs").filter_log_events(logGroupName=group, filterPattern=pattern)["events"])


def traced(shop: Shop, number: str) -> set[str]:
    """The names of the services in the traces with the number."""
    xray = shop.project.client("xray")
    now = time.time()
    window = {"StartTime": now - 120, "EndTime": now + 60}
    found = xray.get_trace_summaries(**window, FilterExpression=f'annotation.correlation_id = "{number}"')
    traces = xray.batch_get_traces(TraceIds=[item["Id"] for item in found["TraceSummaries"]][:5])["Traces"]
    return {json.loads(segment["Document"])["name"] for trace in traces for segment in trace["Segments"]}


def told(shop: Shop, queue: str, order: str) -> dict[str, Any] | None:
    """A message to a customer about the order."""
    got = shop.project.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    bodies: list[dict[str, Any]] = [json.loads(message["Body"]) for message in got]
    return next((body for body in bodies if order in body["Message"]), None)


@pytest.fixture
def thing(helped: Shop) -> Iterator[str]:
    """A product of the test's own, three in stock, with markup in its name."""
    key = f"t-{uuid.uuid4().hex[:8]}"
    name = '<img src=x onerror="document.title=1"> & <b>bold</b>'
    helped.put("products", productId=key, name=name, price=Decimal("9.5"), category="Home", tags=[])
    helped.put("inventory", productId=key, stock=3, reserved=0, price=Decimal("9.5"))
    yield key
    helped.delete(key)


def orders(shop: Shop, visitor: Visitor) -> int:
    """How many orders the visitor's customer has."""
    customer = json.loads(visitor.sent("POST", "/orders")[-1].post_data or "{}")["customerId"]
    found = shop.project.client("dynamodb").query(
        TableName="shopfast-orders",
        IndexName="by-customer",
        KeyConditionExpression="customerId = :c",
        ExpressionAttributeValues={":c": {"S": customer}},
    )
    return int(found["Count"])


def test_a_double_click_buys_once_and_markup_is_text(helped: Shop, visitor: Visitor, thing: str) -> None:
    """In every page that shows the name."""
    visitor.take(thing)
    visitor.heading(re.compile("<img src=x"))
    visitor.open("/checkout")
    visitor.sees("<b>bold</b>")
    visitor.page.get_by_role("button", name="Buy now").dblclick()
    visitor.bought()
    visitor.sees("<b>bold</b>")
    assert visitor.page.locator("img, b").count() == 0
    assert len(visitor.sent("POST", "/orders")) == 1
    assert orders(helped, visitor) == 1


def test_an_answer_that_is_lost_is_no_second_purchase(helped: Shop, visitor: Visitor, thing: str) -> None:
    """Also without storage, and when the shopper tries again by hand: one order, and the cart until it is seen."""
    lost: list[int] = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and len(lost) < 3:
            lost.append(helped.pass_on(route.request))
            route.abort()
        else:
            route.continue_()

    visitor.page.route("**/orders", lose)
    visitor.take(thing)
    visitor.buy()
    told = visitor.alert()
    number = visitor.sent("POST", "/orders")[-1].headers[HEADER]
    assert "it is bought once and paid once" in told and f"tell us this number: {number}" in told
    visitor.click("Try again")
    visitor.bought()
    assert lost == [201, 200, 200]
    assert orders(helped, visitor) == 1


def test_a_product_that_vanishes_and_stock_that_runs_out_lose_nothing(
    helped: Shop, visitor: Visitor, thing: str
) -> None:
    """The shopper reads which, takes what is left, and pays once."""
    visitor.take("p-00003")
    visitor.take(thing)
    visitor.open("/cart")
    visitor.page.get_by_role("spinbutton", name="Pieces of <img").fill("5")
    visitor.buy()
    assert "you want 5, 3 left" in visitor.alert()
    visitor.accessible()
    helped.delete(thing)
    visitor.click("Take what is left")
    visitor.click("Buy now")
    assert "Not everything is sold any more" in visitor.alert()
    visitor.click("Take it out of the cart")
    visitor.click("Buy now")
    visitor.bought()
    assert orders(helped, visitor) == 1
    visitor.open(f"/item/{thing}")
    visitor.heading("No longer sold")
    visitor.accessible()


def test_a_browser_without_storage_can_buy(helped: Shop, visit: Callable[..., Visitor]) -> None:
    """It is told what that means; links keep the cart, for nothing is reloaded."""
    visitor = visit(storage=False)
    visitor.take("p-00004")
    visitor.sees("This browser keeps no data")
    visitor.click("See the cart", "link")
    visitor.click("Go to checkout", "link")
    visitor.click("Buy now")
    visitor.bought()
    visitor.accessible()


def test_an_api_that_is_down_says_so_with_its_number(helped: Shop, visitor: Visitor) -> None:
    """And works again when it is up; the cart has waited."""
    functions = helped.project.client("lambda")
    visitor.take("p-00005")
    functions.put_function_concurrency(FunctionName=PRODUCT, ReservedConcurrentExecutions=0)
    try:
        visitor.open("/item/p-00006")
        told = visitor.alert()
        assert "cannot be shown right now" in told
        assert f"tell us this number: {visitor.sent('GET', 'p-00006')[-1].headers[HEADER]}" in told
    finally:
        functions.delete_function_concurrency(FunctionName=PRODUCT)
    visitor.click("Try again")
    visitor.page.get_by_role("button", name="Add to cart").wait_for()
    visitor.open("/cart")
    visitor.heading("Your cart")


def test_a_refused_card_gives_the_goods_back(helped: Shop, visitor: Visitor) -> None:
    """The order says why, and nothing has to be searched for again."""
    visitor.take("p-00007")
    visitor.open("/checkout")
    visitor.page.get_by_label("A card that will be refused").check()
    visitor.click("Buy now")
    visitor.bought()
    assert "the payment was declined. You have not been charged." in visitor.alert()
    visitor.accessible()
    visitor.click("Put it back into the cart")
    visitor.heading("Your cart")


def test_the_keyboard_is_enough(helped: Shop, visitor: Visitor) -> None:
    """The first stop skips the header; pages begin at their headings, and do not take the focus at first."""
    visitor.open("/item/p-00008")
    visitor.page.get_by_role("button", name="Add to cart").wait_for()
    press = visitor.page.keyboard.press
    press("Tab")
    assert focused(visitor) == "Skip to the content"
    press("Enter")
    for _ in range(4):  # less, pieces, more, add: the first is disabled at one piece
        press("Tab")
        if focused(visitor) == "Add to cart":
            break
    press("Enter")
    visitor.sees("in your cart")
    press("Tab")
    press("Enter")
    visitor.heading("Your cart")
    assert focused(visitor) == "Your cart"
    for address, name in (("/cart", "Your cart"), ("/nowhere/at/all", "There is no such page")):
        visitor.open(address)
        visitor.heading(name)
    visitor.accessible()


def focused(visitor: Visitor) -> str:
    """The text of what has the focus."""
    return str(visitor.page.evaluate("document.activeElement.innerText")).strip()
