import { useEffect, useState, type FormEvent } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { pieces, useCart } from "../state/cart";

export function Header() {
  const count = pieces(useCart());
  return (
    <header className="header">
      <div className="header-in">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" />
            <path d="M18 4 8 18h7l-2 10 11-15h-7z" />
          </svg>
          ShopFast
        </Link>
        <SearchForm />
        <nav aria-label="Yours">
          <Link href="/purchases">Orders</Link>
          <Link href="/cart" className="cart-link">
            Cart
            <span className="badge" data-empty={count === 0}>
              {count}
              <span className="hidden"> {count === 1 ? "piece" : "pieces"}</span>
            </span>
          </Link>
        </nav>
      </div>
    </header>
  );
}

function SearchForm() {
  const [location, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = location === "/" ? (parameters.get("search") ?? "") : "";
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    navigate(words ? `/?${new URLSearchParams({ search: words })}` : "/");
  };
  return (
    <form className="search" role="search" onSubmit={search}>
      <label className="hidden" htmlFor="search">
        Search products
      </label>
      <input id="search" type="search" maxLength={100} placeholder="Search products" value={text} onChange={(event) => setText(event.target.value)} />
      <button type="submit" aria-label="Search">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="11" cy="11" r="6.5" />
          <path d="m16 16 4.5 4.5" />
        </svg>
      </button>
    </form>
  );
}
