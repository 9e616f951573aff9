/** The shop's data as the pages use it: cached, retried a little, asked for again where it is old. */

import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { again, nextLook, pause } from "./retries";
import { getOrder, getProduct, getStock, listOrders, listProducts, type Order } from "./shop";

const LOOKS = 40;

export const policy = { retry: again, retryDelay: (failures: number) => pause(failures), networkMode: "always" } as const;

export function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { ...policy, staleTime: 30_000, refetchOnWindowFocus: false }, mutations: policy },
  });
}

export const catalogue = (search: string, page: number) =>
  queryOptions({
    queryKey: ["products", search, page],
    queryFn: ({ signal }) => listProducts(search, page, signal),
    placeholderData: keepPreviousData,
  });

export const product = (id: string) =>
  queryOptions({ queryKey: ["product", id], queryFn: ({ signal }) => getProduct(id, signal) });

export const stock = (id: string) =>
  queryOptions({ queryKey: ["stock", id], queryFn: ({ signal }) => getStock(id, signal), staleTime: 5_000 });

export const orders = (customer: string) =>
  queryOptions({ queryKey: ["orders", customer], queryFn: ({ signal }) => listOrders(customer, signal), staleTime: 0 });

/** An order that is looked at again, further and further apart, until nothing more happens to it. */
export const order = (id: string) =>
  queryOptions({
    queryKey: ["order", id],
    queryFn: ({ signal }) => getOrder(id, signal),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      waiting(state.data, state.dataUpdateCount + state.errorUpdateCount),
  });

export function settled(found: Order): boolean {
  return found.status === "COMPLETED" || found.status === "CANCELLED";
}

function waiting(found: Order | undefined, looks: number): number | false {
  return found === undefined || settled(found) || looks > LOOKS ? false : nextLook(looks);
}
