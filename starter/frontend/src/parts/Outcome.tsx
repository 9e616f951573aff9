import type { ReactNode } from "react";
import { Link } from "wouter";
import { cart } from "../state/cart";
import type { Result } from "../state/purchase";
import { money } from "./money";

/** Why nothing was bought just now, and how to go on. */
export function Outcome({ result, again }: { result: Exclude<Result, { kind: "bought" }>; again: () => void }) {
  switch (result.kind) {
    case "before":
      return (
        <Box title="Your earlier try went through">
          <p>
            It is order <Link href={`/order/${encodeURIComponent(result.order.orderId)}`}>{result.order.orderId}</Link>. What is in your cart now was not bought.
          </p>
        </Box>
      );
    case "gone":
      return (
        <Box title="Not everything is sold any more">
          <ul>
            {result.lines.map((line) => (
              <li key={line.productId}>{line.name}</li>
            ))}
          </ul>
          <Act words="Take it out of the cart" act={() => result.lines.forEach((line) => cart.remove(line.productId))} after={again} />
        </Box>
      );
    case "prices":
      return (
        <Box title="A price has changed">
          <ul>
            {result.lines.map(({ line, now }) => (
              <li key={line.productId}>
                {line.name}: {money(now)} instead of {money(line.price)}
              </li>
            ))}
          </ul>
          <p>Nothing was bought. The sum below is the new one.</p>
        </Box>
      );
    case "short":
      return (
        <Box title="There is not enough in stock">
          <ul>
            {result.lines.map(({ line, left }) => (
              <li key={line.productId}>
                {line.name}: you want {line.quantity}, {left === undefined ? "fewer are left" : left > 0 ? `${left} left` : "none are left"}
              </li>
            ))}
          </ul>
          <p>Nothing was bought.</p>
          <Act words="Take what is left" act={() => result.lines.forEach(({ line, left }) => (left ? cart.change(line.productId, { quantity: left }) : cart.remove(line.productId)))} after={again} />
        </Box>
      );
  }
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="trouble mild" role="alert">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Act({ words, act, after }: { words: string; act: () => void; after: () => void }) {
  const both = () => {
    act();
    after();
  };
  return (
    <button type="button" className="button" onClick={both}>
      {words}
    </button>
  );
}
