import { useQuery } from "@tanstack/react-query";
import { useState, type CSSProperties } from "react";
import { Link } from "wouter";
import { Problem } from "../api/client";
import { product, stock } from "../api/queries";
import type { Product } from "../api/shop";
import { Art } from "../parts/Art";
import { money } from "../parts/money";
import { Quantity } from "../parts/Quantity";
import { Title } from "../parts/Title";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { cart, MOST_LINES, useCart } from "../state/cart";

export function ProductPage({ id }: { id: string }) {
  const { data, error, isFetching, failureCount, refetch } = useQuery(product(id));
  if (data) return <Shown product={data} />;
  if (isFetching || !error) {
    return (
      <>
        <Title name="Product" />
        <Waiting what="the product" failures={failureCount} />
      </>
    );
  }
  const missing = error instanceof Problem && error.kind === "missing";
  return (
    <>
      <Title name={missing ? "No longer sold" : "Product"} />
      {missing ? (
        <div className="empty">
          <p>There is no product with the number {id}. It may have been sold for the last time.</p>
          <Link className="button" href="/">
            See all products
          </Link>
        </div>
      ) : (
        <Trouble title="This product cannot be shown right now" error={error} retry={() => void refetch()} />
      )}
    </>
  );
}

function Shown({ product: shown }: { product: Product }) {
  const facts: [string, string][] = [
    ["Product number", shown.productId],
    ["Weight", shown.weightGrams ? `${(shown.weightGrams / 1000).toFixed(2)} kg` : ""],
    ["Tags", (shown.tags ?? []).join(", ")],
  ];
  return (
    <article className="product">
      <Art id={shown.productId} name={shown.name} large />
      <div className="product-text">
        <p className="card-brand">{[shown.brand, shown.category].filter(Boolean).join(" · ")}</p>
        <Title name={shown.name} />
        {shown.rating !== undefined && <Rating value={shown.rating} reviews={shown.reviews ?? 0} />}
        <p className="price">{money(shown.price)}</p>
        {shown.description && <p>{shown.description}</p>}
        <Availability id={shown.productId} />
        <AddToCart product={shown} />
        <dl className="facts">
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </div>
    </article>
  );
}

function Rating({ value, reviews }: { value: number; reviews: number }) {
  return (
    <p className="rating">
      <span className="stars" style={{ "--share": `${(value / 5) * 100}%` } as CSSProperties} aria-hidden="true">
        ★★★★★
      </span>
      <span className="hidden">Rated </span>
      {value.toFixed(1)} <span className="soft">of 5 by {reviews.toLocaleString("en-US")} people</span>
    </p>
  );
}

function Availability({ id }: { id: string }) {
  const { data, isError } = useQuery(stock(id));
  const level = isError ? "unknown" : data === undefined ? "asking" : data.stock > 5 ? "plenty" : data.stock > 0 ? "few" : "none";
  const words = {
    unknown: "We cannot say right now whether it is in stock. You can still order it.",
    asking: "Looking into the warehouse…",
    plenty: "In stock",
    few: `Only ${data?.stock ?? 0} left`,
    none: "Sold out for now",
  }[level];
  return (
    <p className="availability" data-level={level} role="status">
      {words}
    </p>
  );
}

function AddToCart({ product: added }: { product: Product }) {
  const [quantity, setQuantity] = useState(1);
  const [said, setSaid] = useState("");
  const lines = useCart();
  const inside = lines.find((line) => line.productId === added.productId)?.quantity ?? 0;
  const full = inside === 0 && lines.length >= MOST_LINES;
  const add = () => {
    cart.add(added, quantity);
    setSaid(`${quantity === 1 ? "One piece is" : `${quantity} pieces are`} in your cart.`);
  };
  return (
    <div className="add">
      <Quantity value={quantity} change={setQuantity} of={added.name} />
      <button type="button" className="button" onClick={add} disabled={full}>
        Add to cart
      </button>
      <p className="added" role="status">
        {full ? `A cart takes ${MOST_LINES} different products.` : said}{" "}
        {inside > 0 && (
          <Link href="/cart">
            See the cart<span className="hidden"> with {inside} of it</span>
          </Link>
        )}
      </p>
    </div>
  );
}
