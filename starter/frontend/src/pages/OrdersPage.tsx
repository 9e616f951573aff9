import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { orders } from "../api/queries";
import type { Order, Status } from "../api/shop";
import { money } from "../parts/money";
import { Title } from "../parts/Title";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { customerId } from "../state/shopper";

const WORDS: Record<Status, string> = {
  PENDING: "Waiting for stock",
  PLACED: "Placed",
  PAID: "Paid",
  SHIPPED: "Shipped",
  COMPLETED: "Complete",
  CANCELLED: "Cancelled",
};
const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });

export function OrdersPage() {
  const { data, error, isError, isFetching, failureCount, refetch } = useQuery(orders(customerId()));
  return (
    <>
      <Title name="Your orders" />
      {data ? <Listed found={data.orders} /> : !isError || isFetching ? <Waiting what="your orders" failures={failureCount} /> : <Trouble title="Your orders cannot be shown right now" error={error} retry={() => void refetch()} />}
    </>
  );
}

function Listed({ found }: { found: Order[] }) {
  if (found.length === 0) {
    return (
      <div className="empty">
        <p>You have not ordered anything from this browser yet.</p>
        <Link className="button" href="/">
          See all products
        </Link>
      </div>
    );
  }
  return (
    <ul className="orders">
      {found.map((order) => (
        <li key={order.orderId}>
          <Link href={`/order/${encodeURIComponent(order.orderId)}`}>
            <span className="state" data-status={order.status}>
              {WORDS[order.status]}
            </span>
            <time dateTime={order.createdAt}>{day.format(new Date(order.createdAt))}</time>
            <span className="soft">
              {order.items.length} {order.items.length === 1 ? "product" : "products"}
            </span>
            <strong>{order.total === undefined ? "" : money(order.total)}</strong>
          </Link>
        </li>
      ))}
    </ul>
  );
}
