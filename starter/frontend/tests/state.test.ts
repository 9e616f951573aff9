import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  window.localStorage.clear();
});

const loaded = async () => (await import("../src/state/cart")).cart;
const thing = { productId: "p-1", name: "Thing", price: 0.1 };

test("the cart is there again after a reload", async () => {
  (await loaded()).add(thing, 2);
  vi.resetModules();
  const cart = await loaded();
  cart.add(thing, 99);
  expect(cart.lines()).toEqual([{ ...thing, quantity: 100 }]);
});

test("what is no cart counts as an empty one", async () => {
  for (const text of ["{", "5", '[{"productId":1}]', "[null]", '[{"productId":"p","name":"n","price":"1","quantity":1}]']) {
    window.localStorage.setItem("shopfast.cart", text);
    vi.resetModules();
    expect((await loaded()).lines()).toEqual([]);
  }
});

test("cents are added as cents", async () => {
  const { total, pieces } = await import("../src/state/cart");
  const lines = [{ ...thing, quantity: 3 }];
  expect([total(lines), pieces(lines)]).toEqual([0.3, 3]);
});

test("a browser without storage keeps the cart while the page is open", async () => {
  const denied = vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const { keeps } = await import("../src/state/storage");
  const cart = await loaded();
  cart.add(thing, 1);
  expect(keeps()).toBe(false);
  expect(cart.lines()).toHaveLength(1);
  const { attempt } = await import("../src/state/attempt");
  const first = attempt.begin([{ productId: "p-1", quantity: 1 }]);
  expect(attempt.begin([{ productId: "p-1", quantity: 1 }]).requestId).toBe(first.requestId);
  denied.mockRestore();
});

test("an attempt at the same lines is the same attempt, in whatever order they are", async () => {
  const { attempt } = await import("../src/state/attempt");
  const lines = [
    { productId: "p-1", quantity: 1 },
    { productId: "p-2", quantity: 2 },
  ];
  const { requestId } = attempt.begin(lines);
  expect(attempt.begin([...lines].reverse()).requestId).toBe(requestId);
  expect(attempt.begin(lines.slice(1)).requestId).not.toBe(requestId);
});

test("a shopper has one id", async () => {
  const { customerId } = await import("../src/state/shopper");
  const id = customerId();
  expect(id).toMatch(/^c-[0-9a-f]{32}$/);
  vi.resetModules();
  expect((await import("../src/state/shopper")).customerId()).toBe(id);
});
