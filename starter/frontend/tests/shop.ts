/** A shop in memory behind `fetch`, which can be told to fail. */

import type { Order, OrderLine } from "../src/api/shop";

export interface Call {
  method: string;
  path: string;
  key: string | null;
}

type Fault = (call: Call) => Response | Error | undefined;

export class Shop {
  readonly calls: Call[] = [];
  readonly prices = new Map([
    ["p-1", 10],
    ["p-2", 2.5],
  ]);
  readonly stock = new Map([
    ["p-1", 100],
    ["p-2", 3],
  ]);
  readonly orders = new Map<string, Order>();
  /** Before the shop does anything. */
  before: Fault = () => undefined;
  /** When it has done it: the answer is lost on its way. */
  after: Fault = () => undefined;

  readonly fetch = async (address: string, options: RequestInit = {}): Promise<Response> => {
    const url = new URL(address, "https://shop.example");
    const call = { method: options.method ?? "GET", path: url.pathname, key: new Headers(options.headers).get("idempotency-key") };
    this.calls.push(call);
    const early = this.before(call);
    const answer = early ?? this.answer(call, url, options);
    const outcome = early ?? this.after(call) ?? answer;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  private answer(call: Call, url: URL, options: RequestInit): Response {
    const [, place, id = ""] = url.pathname.split("/");
    if (place === "products" && !id) return json(200, { products: [...this.prices.keys()].map((key) => this.product(key)), total: 49 });
    if (place === "products") return this.prices.has(id) ? json(200, this.product(id)) : json(404, { error: `There is no product ${id}` });
    if (place === "inventory") return json(200, { productId: id, stock: this.stock.get(id) ?? 0 });
    if (call.method === "POST") return this.place(call.key ?? "", JSON.parse(String(options.body)) as { items: OrderLine[] });
    if (!id) return json(200, { orders: [...this.orders.values()] });
    const found = [...this.orders.values()].find((order) => order.orderId === id);
    return found ? json(200, found) : json(404, { error: "no" });
  }

  private place(key: string, { items }: { items: OrderLine[] }): Response {
    const known = this.orders.get(key);
    if (known) return JSON.stringify(known.items) === JSON.stringify(items) ? json(200, known) : json(422, { error: "another order" });
    const short = items.filter((item) => item.quantity > (this.stock.get(item.productId) ?? 0)).map((item) => item.productId);
    if (short.length) return json(409, { error: "Not enough stock", products: short });
    const order: Order = { orderId: `ord-${this.orders.size + 1}`, status: "PLACED", items, createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z", clientRequestId: key };
    this.orders.set(key, order);
    return json(201, order);
  }

  private product(id: string) {
    return { productId: id, name: `Product ${id}`, price: this.prices.get(id), category: "Home" };
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}
