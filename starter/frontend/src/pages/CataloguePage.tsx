import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { catalogue } from "../api/queries";
import { PAGE_SIZE, type Listing } from "../api/shop";
import { Pager } from "../parts/Pager";
import { CardSkeletons, ProductCard } from "../parts/ProductCard";
import { Title } from "../parts/Title";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";

const CATEGORIES = ["Kitchen", "Home", "Garden", "Outdoor", "Electronics", "Office"];

export function CataloguePage() {
  const [parameters] = useSearchParams();
  const search = (parameters.get("search") ?? "").trim().slice(0, 100);
  const page = Math.max(1, Math.trunc(Number(parameters.get("page"))) || 1);
  const { data, error, isError, isFetching, isPlaceholderData, failureCount, refetch } = useQuery(catalogue(search, page));
  return (
    <>
      <Title name={search ? `Search: ${search}` : "All products"}>
        {search ? <>Results for “{search}”</> : "Good things, sent fast"}
      </Title>
      <Categories search={search} />
      {isError && !isFetching ? (
        <Trouble title="The catalogue did not answer" error={error} retry={() => void refetch()}>
          <p>Nothing is lost: your cart is as it was, and pages of single products may still work.</p>
        </Trouble>
      ) : data && !isPlaceholderData ? (
        <Results data={data} search={search} page={page} />
      ) : (
        <>
          <Waiting key={`${search} ${page}`} what="the catalogue" failures={failureCount} />
          <CardSkeletons count={PAGE_SIZE / 2} />
        </>
      )}
    </>
  );
}

function Categories({ search }: { search: string }) {
  return (
    <nav aria-label="Categories">
      <ul className="chips">
        <li>
          <Link href="/" aria-current={search === "" ? "page" : undefined}>
            All
          </Link>
        </li>
        {CATEGORIES.map((name) => (
          <li key={name}>
            <Link href={address(name.toLowerCase(), 1)} aria-current={search.toLowerCase() === name.toLowerCase() ? "page" : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Results({ data, search, page }: { data: Listing; search: string; page: number }) {
  const pages = Math.max(1, Math.ceil(data.total / PAGE_SIZE));
  if (data.products.length === 0) {
    return (
      <div className="empty" role="status">
        <p>{data.total > 0 ? `There is no page ${page}; the last one is ${pages}.` : search ? `Nothing matches “${search}”. Try a material, a category or a shorter word.` : "The shop has no products yet."}</p>
        <Link className="button" href={data.total > 0 ? address(search, pages) : "/"}>
          {data.total > 0 ? "Go to the last page" : "See all products"}
        </Link>
      </div>
    );
  }
  return (
    <>
      <p className="count" role="status">
        {data.total.toLocaleString("en-US")} {data.total === 1 ? "product" : "products"}
        {pages > 1 && `, page ${page} of ${pages}`}
      </p>
      <ul className="grid">
        {data.products.map((product) => (
          <ProductCard key={product.productId} product={product} />
        ))}
      </ul>
      <Pager page={page} pages={pages} href={(number) => address(search, number)} />
    </>
  );
}

function address(search: string, page: number): string {
  const parameters = new URLSearchParams();
  if (search) parameters.set("search", search);
  if (page > 1) parameters.set("page", String(page));
  const query = parameters.toString();
  return query ? `/?${query}` : "/";
}
