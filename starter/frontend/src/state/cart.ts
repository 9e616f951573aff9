/** The cart: one for all tabs of the browser. Names and prices are those that the shopper saw. */

import { useSyncExternalStore } from "react";
import type { Product } from "../api/shop";
import { kept } from "./storage";

export interface Line {
  productId: string;
  name: string;
  price: number;
  quantity: number;
}

export const MOST = 100;
export const MOST_LINES = 25;

const shelf = kept<readonly Line[]>("cart", [], isCart);
const listeners = new Set<() => void>();
let current = shelf.read();

export const cart = {
  lines: () => current,
  add(product: Pick<Product, "productId" | "name" | "price">, quantity: number) {
    const { productId, name, price } = product;
    const known = current.find((line) => line.productId === productId);
    if (!known) return put([...current, { productId, name, price, quantity: within(quantity) }]);
    put(current.map((line) => (line === known ? { ...line, name, price, quantity: within(line.quantity + quantity) } : line)));
  },
  change(productId: string, values: Partial<Omit<Line, "productId">>) {
    put(current.map((line) => (line.productId === productId ? { ...line, ...values } : line)));
  },
  remove(productId: string) {
    put(current.filter((line) => line.productId !== productId));
  },
  put,
};

export function useCart(): readonly Line[] {
  return useSyncExternalStore(subscribe, cart.lines);
}

export function total(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + Math.round(line.price * 100) * line.quantity, 0) / 100;
}

export function pieces(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

function within(quantity: number): number {
  return Math.max(1, Math.min(MOST, Math.trunc(quantity) || 1));
}

function put(lines: readonly Line[]) {
  current = lines;
  shelf.write(lines);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener("storage", () => {
  current = shelf.read(); // another tab has changed it
  for (const listener of listeners) listener();
});

function isCart(value: unknown): value is Line[] {
  return (
    Array.isArray(value) &&
    value.every((line: Partial<Line> | null) => typeof line?.productId === "string" && typeof line.name === "string" && Number.isFinite(line.price) && Number.isInteger(line.quantity))
  );
}
