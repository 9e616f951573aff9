/** Buying what is in the cart: looked at once more, then ordered, once. */

import type { QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/client";
import { orders, policy, product, stock } from "../api/queries";
import { placeOrder, type Order, type OrderLine } from "../api/shop";
import { attempt, same } from "./attempt";
import { cart, type Line } from "./cart";
import { customerId } from "./shopper";

export type Result =
  | { kind: "bought"; order: Order }
  /** An earlier attempt, whose outcome nobody had seen, was bought; nothing else was. */
  | { kind: "before"; order: Order }
  | { kind: "gone"; lines: Line[] }
  | { kind: "prices"; lines: { line: Line; now: number }[] }
  | { kind: "short"; lines: { line: Line; left: number | undefined }[] };

/** Raises Problem where nobody can say; the same call once more is safe then. */
export async function buy(client: QueryClient, lines: readonly Line[], paymentToken: string): Promise<Result> {
  const changed = await inspect(client, lines);
  if (changed) return changed;
  const wanted = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  const before = await earlier(client, wanted);
  if (before) return { kind: "before", order: before };
  const { requestId } = attempt.begin(wanted);
  try {
    const order = await sent(client, { customerId: customerId(), requestId, lines: wanted, paymentToken });
    attempt.done();
    return { kind: "bought", order };
  } catch (error) {
    if (!(error instanceof Problem) || error.passing) throw error;
    return await refused(client, lines, wanted, error);
  }
}

/** What the catalogue says of the lines now, where it is not what the shopper saw. */
async function inspect(client: QueryClient, lines: readonly Line[]): Promise<Result | undefined> {
  const now: (number | undefined)[] = [];
  for (const line of lines) now.push(await current(client, line)); // one by one: a cart is short, and the service small
  const gone = lines.filter((_, index) => now[index] === undefined);
  if (gone.length) return { kind: "gone", lines: gone };
  const dearer = lines.flatMap((line, index) => {
    const price = now[index];
    return price !== undefined && price !== line.price ? [{ line, now: price }] : [];
  });
  if (!dearer.length) return undefined;
  for (const { line, now: price } of dearer) cart.change(line.productId, { price });
  return { kind: "prices", lines: dearer };
}

async function current(client: QueryClient, line: Line): Promise<number | undefined> {
  try {
    return (await client.fetchQuery({ ...product(line.productId), ...policy, staleTime: 0 })).price;
  } catch (error) {
    if (error instanceof Problem && error.kind === "missing") return undefined;
    throw error;
  }
}

/** The order that an open attempt at other lines has become, if it has. */
async function earlier(client: QueryClient, wanted: OrderLine[]): Promise<Order | undefined> {
  const open = attempt.current();
  if (!open?.open || same(open.lines, wanted)) return undefined;
  return await ordered(client, open.requestId);
}

async function ordered(client: QueryClient, requestId: string): Promise<Order | undefined> {
  const known = await client.fetchQuery({ ...orders(customerId()), ...policy });
  const found = known.orders.find((order) => order.clientRequestId === requestId);
  attempt.done();
  return found;
}

async function sent(client: QueryClient, purchase: Parameters<typeof placeOrder>[0]): Promise<Order> {
  const mutation = client.getMutationCache().build(client, { ...policy, mutationFn: placeOrder });
  return await mutation.execute(purchase);
}

async function refused(client: QueryClient, lines: readonly Line[], wanted: OrderLine[], problem: Problem): Promise<Result> {
  const { requestId } = attempt.begin(wanted);
  attempt.refused();
  if (problem.status === 422) {
    const order = await ordered(client, requestId);
    if (order) return { kind: "before", order };
  }
  const short = problem.body["products"];
  if (problem.status !== 409 || !Array.isArray(short)) throw problem;
  const missing = lines.filter((line) => short.includes(line.productId));
  return { kind: "short", lines: await Promise.all(missing.map(async (line) => ({ line, left: await left(client, line) }))) };
}

async function left(client: QueryClient, line: Line): Promise<number | undefined> {
  try {
    return (await client.fetchQuery({ ...stock(line.productId), ...policy, staleTime: 0 })).stock;
  } catch {
    return undefined;
  }
}
