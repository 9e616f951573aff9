import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { Link, useLocation } from "wouter";
import { order as orderQuery } from "../api/queries";
import { Outcome } from "../parts/Outcome";
import { money } from "../parts/money";
import { Title } from "../parts/Title";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { cart, total, useCart } from "../state/cart";
import { buy, type Result } from "../state/purchase";

const CARDS = [
  ["tok_visa", "Visa"],
  ["tok_mastercard", "Mastercard"],
  ["tok_amex", "American Express"],
  ["tok_declined", "A card that will be refused, to see what happens"],
] as const;

export function CheckoutPage() {
  const lines = useCart();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [card, setCard] = useState<string>(CARDS[0][0]);
  const under = useRef(false); // a second click comes before React has drawn the first
  const purchase = useMutation({
    mutationFn: () => buy(client, lines, card),
    retry: false, // `buy` retries what is worth it
    networkMode: "always",
    onSuccess: (result) => {
      if (result.kind !== "bought") return;
      client.setQueryData(orderQuery(result.order.orderId).queryKey, result.order);
      navigate(`/order/${encodeURIComponent(result.order.orderId)}`);
      cart.put([]);
    },
    onSettled: () => {
      under.current = false;
    },
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (under.current || lines.length === 0) return;
    under.current = true;
    purchase.mutate();
  };
  const found: Result | undefined = purchase.data;
  if (lines.length === 0 && !purchase.isPending && found === undefined) {
    return (
      <div className="empty">
        <Title name="There is nothing to buy" />
        <p>Your cart is empty.</p>
        <Link className="button" href="/">
          See all products
        </Link>
      </div>
    );
  }
  return (
    <>
      <Title name="Checkout" />
      {purchase.isError && (
        <Trouble title="We do not know whether your order arrived" error={purchase.error} retry={() => submit()} action="Try again">
          <p>Your cart is as it was. Try again as often as you like: it is bought once and paid once.</p>
        </Trouble>
      )}
      {found && found.kind !== "bought" && <Outcome result={found} again={() => purchase.reset()} />}
      <form className="columns" onSubmit={submit}>
        <fieldset className="cards">
          <legend>How do you want to pay?</legend>
          {CARDS.map(([token, name]) => (
            <label key={token}>
              <input type="radio" name="card" value={token} checked={card === token} onChange={() => setCard(token)} />
              {name}
            </label>
          ))}
        </fieldset>
        <section className="summary" aria-label="Your order">
          <ul>
            {lines.map((line) => (
              <li key={line.productId}>
                <span>
                  {line.quantity} × {line.name}
                </span>
                <span>{money(line.price * line.quantity)}</span>
              </li>
            ))}
          </ul>
          <p className="sum">
            <span>Total</span> <strong>{money(total(lines))}</strong>
          </p>
          <button type="submit" className="button wide" aria-disabled={purchase.isPending}>
            {purchase.isPending ? "Buying…" : "Buy now"}
          </button>
          {purchase.isPending && <Waiting what="the answer of the shop" />}
          <Link className="plain" href="/cart">
            Change the cart
          </Link>
        </section>
      </form>
    </>
  );
}
