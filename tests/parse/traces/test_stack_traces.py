"""Stack traces as the runtimes of several languages write them."""

from __future__ import annotations

import pytest

from shopfast_obs.parse.traces.stack_traces import Frame, frames

TRACES: dict[str, tuple[str, list[Frame]]] = {
    "java": (
        "shop.Gone: x\n\tat shop.Orders.sell(Orders.java:31)\n\tat shop.Orders.run(Native Method)\n\t... 3 more\n",
        [("Orders.java", 31, "shop.Orders.sell"), ("", 0, "shop.Orders.run")],
    ),
    "dotnet": (
        "Shop.Gone: x\n   at Shop.Cart.Add(String sku) in /src/Cart.cs:line 41\n   at Shop.Api.Call(Request r)\n",
        [("/src/Cart.cs", 41, "Shop.Cart.Add(String sku)"), ("", 0, "Shop.Api.Call")],
    ),
    "go": (
        "goroutine 1 [running]:\nmain.(*shop).Sell(0xc000, {0x1, 0x2})\n\t/app/main.go:31 +0x1d\n",
        [("/app/main.go", 31, "main.(*shop).Sell")],
    ),
    "node": (
        "Error: x\n    at async sell (/app/orders.js:18:9)\n    at async Promise.all (index 0)\n    at file:///app/y.mjs:3:4",
        [("/app/orders.js", 18, "sell"), ("", 0, "Promise.all"), ("file:///app/y.mjs", 3, "")],
    ),
    "ruby": ("/app/order.rb:12:in `sell'\n/app/run.rb:3:in `block in run'\n",
             [("/app/order.rb", 12, "sell"), ("/app/run.rb", 3, "block in run")]),
    "php": ("#0 /app/Cart.php(41): Shop\\Cart->add()\n#1 {main}", [("/app/Cart.php", 41, "Shop\\Cart->add")]),
}  # fmt: skip


@pytest.mark.parametrize("language", TRACES)
def test_frames_have_path_line_and_label(language: str) -> None:
    """Innermost first; a frame without a line has no file either, only its parameters in brackets."""
    text, expected = TRACES[language]
    assert list(frames(text)) == expected
