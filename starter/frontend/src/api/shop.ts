/** What the shop's services answer, and how they are asked. */

import { request } from "./client";

export interface Product {
  productId: string;
  name: string;
  price: number;
  brand?: string;
  category?: string;
  description?: string;
  rating?: number;
  reviews?: number;
  weightGrams?: number;
  tags?: string[];
}

export interface Listing {
  products: Product[];
  total: number;
}

export interface Stock {
  productId: string;
  stock: number;
}

export type Status = "PENDING" | "PLACED" | "PAID" | "SHIPPED" | "COMPLETED" | "CANCELLED";

export interface OrderLine {
  productId: string;
  quantity: number;
  unitPrice?: number;
}

export interface Order {
  orderId: string;
  status: Status;
  items: OrderLine[];
  total?: number;
  createdAt: string;
  updatedAt: string;
  trackingNumber?: string;
  reason?: string;
  clientRequestId?: string;
}

export interface Purchase {
  customerId: string;
  requestId: string;
  lines: OrderLine[];
  paymentToken: string;
}

export const PAGE_SIZE = 24;

const id = encodeURIComponent;

export function listProducts(search: string, page: number, signal?: AbortSignal): Promise<Listing> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String((page - 1) * PAGE_SIZE) });
  if (search) query.set("search", search);
  return request(`/products?${query}`, { signal });
}

export function getProduct(productId: string, signal?: AbortSignal): Promise<Product> {
  return request(`/products/${id(productId)}`, { signal });
}

export function getStock(productId: string, signal?: AbortSignal): Promise<Stock> {
  return request(`/inventory/${id(productId)}`, { signal });
}

export function getOrder(orderId: string, signal?: AbortSignal): Promise<Order> {
  return request(`/orders/${id(orderId)}`, { signal });
}

export function listOrders(customerId: string, signal?: AbortSignal): Promise<{ orders: Order[] }> {
  return request(`/orders?${new URLSearchParams({ customerId })}`, { signal });
}

/** Place an order. The same request id always means the same order, however often it is sent. */
export function placeOrder({ customerId, requestId, lines, paymentToken }: Purchase): Promise<Order> {
  const items = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  return request("/orders", {
    method: "POST",
    headers: { "idempotency-key": requestId },
    body: { customerId, items, paymentToken },
  });
}
