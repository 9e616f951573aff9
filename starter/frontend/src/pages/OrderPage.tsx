import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { Problem } from "../api/client";
import { order, product, settled } from "../api/queries";
import type { Order, Status } from "../api/shop";
import { money } from "../parts/money";
import { Title } from "../parts/Title";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { cart } from "../state/cart";

const WAY: [Status, string, string][] = [
  ["PLACED", "Placed", "Your order is in, and its goods are set aside for you."],
  ["PAID", "Paid", "The payment went through."],
  ["SHIPPED", "Shipped", "It is on its way to you."],
  ["COMPLETED", "Complete", "All is done. Thank you for shopping with us."],
];

export function OrderPage({ id }: { id: string }) {
  const { data, error, isError, isFetching, failureCount, refetch } = useQuery(order(id));
  const missing = error instanceof Problem && error.kind === "missing";
  return (
    <>
      <Title name="Your order" />
      <p className="soft order-id">{id}</p>
      {data && <Shown found={data} />}
      {!data && (isFetching || !isError) && <Waiting what="the order" failures={failureCount} />}
      {isError && !isFetching && missing && !data && <p className="empty">There is no order with this number.</p>}
      {isError && !isFetching && !missing && (
        <Trouble title="The newest state cannot be seen right now" error={error} retry={() => void refetch()}>
          <p>The order itself goes on without this page.</p>
        </Trouble>
      )}
    </>
  );
}

function Shown({ found }: { found: Order }) {
  return (
    <>
      {found.status === "CANCELLED" ? <Cancelled found={found} /> : <Way found={found} />}
      <Items found={found} />
      <p>
        <Link href="/purchases">All your orders</Link>
      </p>
    </>
  );
}

function Way({ found }: { found: Order }) {
  const at = WAY.findIndex(([status]) => status === found.status);
  const words = WAY[at]?.[2] ?? "We have your order. Its goods are not set aside yet: the warehouse is busy, we go on by ourselves.";
  return (
    <section aria-label="Where it is">
      <ol className="way">
        {WAY.map(([status, name], index) => (
          <li key={status} data-done={index <= at} aria-current={index === at ? "step" : undefined}>
            {name}
            {index <= at && <span className="hidden"> (done)</span>}
          </li>
        ))}
      </ol>
      <p className="way-words" role="status">
        {words}
        {found.trackingNumber && ` Tracking number: ${found.trackingNumber}.`}
        {!settled(found) && <span className="soft"> This page looks again by itself.</span>}
      </p>
    </section>
  );
}

function Cancelled({ found }: { found: Order }) {
  const [, navigate] = useLocation();
  const names = useNames(found);
  const again = () => {
    for (const { productId, quantity, unitPrice } of found.items) {
      const { name, price } = names.get(productId) ?? { name: productId, price: unitPrice ?? 0 };
      cart.add({ productId, name, price }, quantity);
    }
    navigate("/cart");
  };
  return (
    <section className="trouble mild" role="alert">
      <h2>This order was cancelled</h2>
      <p>{found.reason ? `The reason: ${found.reason}.` : "No reason was given."} You have not been charged.</p>
      <button type="button" className="button" onClick={again}>
        Put it back into the cart
      </button>
    </section>
  );
}

function Items({ found }: { found: Order }) {
  const names = useNames(found);
  return (
    <table className="items">
      <caption className="hidden">What was ordered</caption>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col">Pieces</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {found.items.map((item) => (
          <tr key={item.productId}>
            <td>
              <Link href={`/item/${encodeURIComponent(item.productId)}`}>{names.get(item.productId)?.name ?? item.productId}</Link>
            </td>
            <td>{item.quantity}</td>
            <td>{item.unitPrice === undefined ? "" : money(item.unitPrice * item.quantity)}</td>
          </tr>
        ))}
      </tbody>
      {found.total !== undefined && (
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td>{money(found.total)}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** The products by id, as far as the catalogue still has them. */
function useNames(found: Order): Map<string, { name: string; price: number }> {
  const products = useQueries({ queries: found.items.map((item) => ({ ...product(item.productId), staleTime: Infinity })) });
  return new Map(products.flatMap(({ data }) => (data ? [[data.productId, data] as const] : [])));
}
