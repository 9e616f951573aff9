import { Link } from "wouter";
import type { Product } from "../api/shop";
import { Art } from "./Art";
import { money } from "./money";

export function ProductCard({ product }: { product: Product }) {
  return (
    <li className="card">
      <Link href={`/item/${encodeURIComponent(product.productId)}`}>
        <Art id={product.productId} name={product.name} />
        <span className="card-text">
          <span className="card-brand">{product.brand ?? product.category ?? "ShopFast"}</span>
          <span className="card-name">{product.name}</span>
          <span className="card-price">{money(product.price)}</span>
        </span>
      </Link>
    </li>
  );
}

export function CardSkeletons({ count }: { count: number }) {
  return (
    <ul className="grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index} className="card skeleton">
          <span className="art" />
          <span className="card-text">
            <span className="bar short" />
            <span className="bar" />
            <span className="bar shorter" />
          </span>
        </li>
      ))}
    </ul>
  );
}
