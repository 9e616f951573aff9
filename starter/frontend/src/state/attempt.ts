/** The attempt to buy that is under way, or whose outcome nobody knows: its request id makes it happen once. */

import type { OrderLine } from "../api/shop";
import { newId } from "./shopper";
import { kept } from "./storage";

export interface Attempt {
  requestId: string;
  lines: OrderLine[];
  /** True once it was sent and not refused: it may have been bought. */
  open: boolean;
}

const shelf = kept<Attempt | null>("attempt", null, isAttempt);

export const attempt = {
  current: () => shelf.read(),
  /** The attempt at these lines: the one that is open already, or a new one. */
  begin(lines: OrderLine[]): Attempt {
    const known = shelf.read();
    const started = known && same(known.lines, lines) ? { ...known, open: true } : { requestId: newId(), lines, open: true };
    shelf.write(started);
    return started;
  },
  /** Nothing was bought and nothing will be; the same id may be used for another try at the same lines. */
  refused() {
    const known = shelf.read();
    if (known) shelf.write({ ...known, open: false });
  },
  done() {
    shelf.write(null);
  },
};

export function same(one: readonly OrderLine[], other: readonly OrderLine[]): boolean {
  const text = (lines: readonly OrderLine[]) => JSON.stringify(lines.map((line) => [line.productId, line.quantity]).sort());
  return text(one) === text(other);
}

function isAttempt(value: unknown): value is Attempt | null {
  const found = value as Partial<Attempt> | null;
  return found === null || (typeof found === "object" && typeof found.requestId === "string" && Array.isArray(found.lines) && typeof found.open === "boolean");
}
