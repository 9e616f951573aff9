import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeClient } from "../src/api/queries";
import { App } from "../src/App";
import { attempt } from "../src/state/attempt";
import { cart } from "../src/state/cart";
import { json, Shop } from "./shop";

let shop: Shop;
const user = userEvent.setup();

beforeEach(() => {
  shop = new Shop();
  vi.stubGlobal("fetch", shop.fetch);
  vi.stubGlobal("scrollTo", () => undefined);
  attempt.done();
  cart.put([]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function visit(path: string) {
  window.history.replaceState(null, "", path);
  const client = makeClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retryDelay: 1 } });
  await act(async () => {
    render(
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>,
    );
  });
}

test("the catalogue is shown in pages", async () => {
  await visit("/?page=2");
  expect(await screen.findByText(/49 products, page 2 of 3/)).toBeDefined();
  expect(screen.getByRole("link", { name: "Page 2" }).getAttribute("aria-current")).toBe("page");
  expect(screen.getByRole("link", { name: "Next" }).getAttribute("href")).toBe("/?page=3");
});

test("a catalogue that does not answer says so, with its number, and can be asked again", async () => {
  shop.before = (call) => (call.path === "/products" ? json(502, {}, { "x-correlation-id": "n-7" }) : undefined);
  await visit("/");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("The catalogue did not answer");
  expect(alert.textContent).toContain("tell us this number: n-7");
  shop.before = () => undefined;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/49 products/)).toBeDefined();
});

test("without a number none is talked of", async () => {
  shop.before = () => json(502, {});
  await visit("/");
  expect((await screen.findByRole("alert")).textContent).not.toContain("number");
});

test("a name is text, whatever is in it", async () => {
  const name = '<img src=x onerror="alert(1)">';
  shop.before = (call) => (call.path === "/products/p-1" ? json(200, { productId: "p-1", name, price: 1 }) : undefined);
  await visit("/item/p-1");
  expect(await screen.findByRole("heading", { level: 1, name })).toBeDefined();
  expect(document.querySelector("img")).toBeNull();
});

test("a double click on buy buys once", async () => {
  cart.put([{ productId: "p-1", name: "One", price: 10, quantity: 1 }]);
  await visit("/checkout");
  await user.dblClick(screen.getByRole("button", { name: "Buy now" }));
  expect(await screen.findByText("Your order")).toBeDefined();
  expect(shop.calls.filter((call) => call.method === "POST")).toHaveLength(1);
  expect(cart.lines()).toEqual([]);
});

test("what is left can be taken when there is not enough", async () => {
  cart.put([{ productId: "p-2", name: "Two", price: 2.5, quantity: 5 }]);
  await visit("/checkout");
  await user.click(screen.getByRole("button", { name: "Buy now" }));
  expect((await screen.findByRole("alert")).textContent).toContain("you want 5, 3 left");
  await user.click(screen.getByRole("button", { name: "Take what is left" }));
  await user.click(screen.getByRole("button", { name: "Buy now" }));
  expect(await screen.findByText("Your order")).toBeDefined();
});

test("what is sold no more is marked in the cart", async () => {
  cart.put([{ productId: "p-9", name: "Nine", price: 1, quantity: 1 }]);
  await visit("/cart");
  expect(await screen.findByText(/No longer sold/)).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Remove Nine" }));
  expect(await screen.findByText("Your cart is empty")).toBeDefined();
});

test("a cancelled order says why and gives its goods back", async () => {
  shop.orders.set("k", { orderId: "o-1", status: "CANCELLED", items: [{ productId: "p-1", quantity: 2 }], createdAt: "", updatedAt: "", reason: "the payment was declined" });
  await visit("/order/o-1");
  expect((await screen.findByRole("alert")).textContent).toContain("The reason: the payment was declined. You have not been charged.");
  await user.click(screen.getByRole("button", { name: "Put it back into the cart" }));
  expect(cart.lines()).toMatchObject([{ productId: "p-1", quantity: 2 }]);
});

test("a new page begins at its heading", async () => {
  await visit("/cart");
  await user.click(screen.getByRole("link", { name: "See all products" }));
  await screen.findByText(/49 products/);
  expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 }));
  await user.click(screen.getByRole("link", { name: /Product p-1/ }));
  expect(document.activeElement).toBe(await screen.findByRole("heading", { level: 1, name: "Product p-1" }));
});

test.each([
  ["/cart", "Your cart is empty"],
  ["/checkout", "There is nothing to buy"],
  ["/nowhere", "There is no such page"],
])("%s says what is not there", async (path, words) => {
  await visit(path);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(words);
});
