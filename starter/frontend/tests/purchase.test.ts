import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../src/api/client";
import { attempt } from "../src/state/attempt";
import { cart, type Line } from "../src/state/cart";
import { buy } from "../src/state/purchase";
import { json, Shop } from "./shop";

let shop: Shop;
const client = new QueryClient();
const line = (productId: string, quantity: number, price = shop.prices.get(productId) ?? 1): Line => ({ productId, name: productId, price, quantity });

beforeEach(() => {
  vi.useFakeTimers();
  shop = new Shop();
  vi.stubGlobal("fetch", shop.fetch);
  client.clear();
  attempt.done();
  cart.put([]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The result of buying, with the pauses between retries skipped. */
async function bought(...lines: Line[]) {
  const result = buy(client, lines, "tok_visa").catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return await result;
}
const posts = () => shop.calls.filter((call) => call.method === "POST");

test("what is in the cart is looked at once more, then bought", async () => {
  expect(await bought(line("p-1", 1))).toMatchObject({ kind: "bought", order: { orderId: "ord-1" } });
  expect(shop.calls.map((call) => `${call.method} ${call.path}`)).toEqual(["GET /products/p-1", "POST /orders"]);
  expect(attempt.current()).toBeNull();
});

test("an answer that is lost is asked for again, and bought once", async () => {
  let lost = 1;
  shop.after = (call) => (call.method === "POST" && lost-- > 0 ? new TypeError("lost") : undefined);
  expect(await bought(line("p-1", 1))).toMatchObject({ kind: "bought" });
  expect(shop.orders.size).toBe(1);
  expect(new Set(posts().map((call) => call.key)).size).toBe(1);
});

test("where nobody knows, the shopper is told, and another try is the same purchase", async () => {
  shop.after = (call) => (call.method === "POST" ? json(502, {}) : undefined);
  expect(await bought(line("p-1", 1))).toBeInstanceOf(Problem);
  expect(posts()).toHaveLength(3);
  shop.after = () => undefined;
  expect(await bought(line("p-1", 1))).toMatchObject({ kind: "bought", order: { orderId: "ord-1" } });
  expect(shop.orders.size).toBe(1);
});

test("a cart that is changed after an open attempt is not bought on top of it", async () => {
  shop.after = (call) => (call.method === "POST" ? new TypeError("lost") : undefined);
  await bought(line("p-1", 1));
  shop.after = () => undefined;
  expect(await bought(line("p-1", 2))).toMatchObject({ kind: "before", order: { orderId: "ord-1" } });
  expect(shop.orders.size).toBe(1);
  expect(await bought(line("p-1", 2))).toMatchObject({ kind: "bought", order: { orderId: "ord-2" } });
});

test("an open attempt that never arrived is forgotten", async () => {
  shop.before = (call) => (call.method === "POST" ? new TypeError("lost") : undefined);
  await bought(line("p-1", 1));
  shop.before = () => undefined;
  expect(await bought(line("p-1", 2))).toMatchObject({ kind: "bought" });
  expect(shop.orders.size).toBe(1);
});

test("what is sold no more is named, and nothing is bought", async () => {
  expect(await bought(line("p-1", 1), line("p-9", 1))).toMatchObject({ kind: "gone", lines: [{ productId: "p-9" }] });
  expect(posts()).toEqual([]);
});

test("a price that has changed is shown first", async () => {
  cart.put([line("p-1", 1, 8)]);
  expect(await bought(...cart.lines())).toMatchObject({ kind: "prices", lines: [{ now: 10 }] });
  expect(cart.lines()[0]?.price).toBe(10);
  expect(await bought(...cart.lines())).toMatchObject({ kind: "bought" });
});

test("what is not in stock is named with what is left", async () => {
  expect(await bought(line("p-1", 1), line("p-2", 5))).toMatchObject({ kind: "short", lines: [{ line: { productId: "p-2" }, left: 3 }] });
  expect(await bought(line("p-1", 1), line("p-2", 3))).toMatchObject({ kind: "bought" });
});

test("an id that was used for other lines leads to that order", async () => {
  const { requestId } = attempt.begin([{ productId: "p-1", quantity: 1 }]);
  attempt.refused();
  shop.orders.set(requestId, { orderId: "ord-0", status: "PLACED", items: [{ productId: "p-2", quantity: 1 }], createdAt: "", updatedAt: "", clientRequestId: requestId });
  expect(await bought(line("p-1", 1))).toMatchObject({ kind: "before", order: { orderId: "ord-0" } });
});

test("what the shop refuses for another reason is a problem, and no open attempt", async () => {
  shop.before = (call) => (call.method === "POST" ? json(400, { error: "no" }) : undefined);
  expect(await bought(line("p-1", 1))).toMatchObject({ message: "no" });
  expect(attempt.current()?.open).toBe(false);
});
