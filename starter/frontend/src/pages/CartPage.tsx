import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { Problem } from "../api/client";
import { product } from "../api/queries";
import { Art } from "../parts/Art";
import { money } from "../parts/money";
import { Quantity } from "../parts/Quantity";
import { Title } from "../parts/Title";
import { cart, total, useCart, type Line } from "../state/cart";

export function CartPage() {
  const lines = useCart();
  if (lines.length === 0) {
    return (
      <div className="empty">
        <Title name="Your cart is empty" />
        <p>What you add stays here until you buy it or take it out.</p>
        <Link className="button" href="/">
          See all products
        </Link>
      </div>
    );
  }
  return (
    <>
      <Title name="Your cart" />
      <div className="columns">
        <ul className="lines">
          {lines.map((line) => (
            <CartLine key={line.productId} line={line} />
          ))}
        </ul>
        <aside className="summary" aria-label="Summary">
          <p className="sum">
            <span>Total</span> <strong>{money(total(lines))}</strong>
          </p>
          <Link className="button wide" href="/checkout">
            Go to checkout
          </Link>
          <p className="soft">Prices and stock are looked at once more before you buy.</p>
        </aside>
      </div>
    </>
  );
}

function CartLine({ line }: { line: Line }) {
  const { error } = useQuery(product(line.productId));
  const gone = error instanceof Problem && error.kind === "missing";
  return (
    <li className="line" data-gone={gone}>
      <Art id={line.productId} name={line.name} />
      <div className="line-text">
        <Link href={`/item/${encodeURIComponent(line.productId)}`}>{line.name}</Link>
        {gone ? <p className="bad">No longer sold. Take it out to buy the rest.</p> : <p className="soft">{money(line.price)} each</p>}
      </div>
      <Quantity value={line.quantity} change={(quantity) => cart.change(line.productId, { quantity })} of={line.name} />
      <p className="line-sum">{money(line.price * line.quantity)}</p>
      <button type="button" className="plain" onClick={() => cart.remove(line.productId)}>
        Remove<span className="hidden"> {line.name}</span>
      </button>
    </li>
  );
}
