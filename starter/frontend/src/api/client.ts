/** One request to the shop's APIs: a JSON answer, or a Problem that says what a shopper can do about it. */

export type Kind = "unreachable" | "slow" | "busy" | "missing" | "refused" | "broken";

const PATIENCE_MS = 20_000;
/** The number of the request, where an answer or an error brings one: what a shopper can tell the shop. */
const REFERENCE = "x-correlation-id";

interface Details {
  status?: number;
  body?: Record<string, unknown>;
  reference?: string | undefined;
  seconds?: number;
}

export class Problem extends Error {
  readonly kind: Kind;
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly reference: string | undefined;
  /** How long the shopper waited for it. */
  readonly seconds: number;

  constructor(kind: Kind, message: string, details: Details = {}) {
    super(message);
    this.kind = kind;
    this.status = details.status ?? 0;
    this.body = details.body ?? {};
    this.reference = details.reference;
    this.seconds = details.seconds ?? 0;
  }

  /** False where the same request would be answered in the same way. */
  get passing(): boolean {
    return this.kind !== "missing" && this.kind !== "refused";
  }
}

export interface Request {
  method?: "GET" | "POST";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export async function request<T>(path: string, { method = "GET", body, headers, signal }: Request = {}): Promise<T> {
  const began = performance.now();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const seconds = () => (performance.now() - began) / 1000;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const reference = (error as { correlationId?: string }).correlationId;
    if (patience.aborted) throw new Problem("slow", "The shop took too long to answer.", { reference, seconds: seconds() });
    throw new Problem("unreachable", "The shop cannot be reached right now.", { reference, seconds: seconds() });
  }
  const answer = parsed(text);
  const details = { status: response.status, body: answer ?? {}, reference: response.headers.get(REFERENCE) ?? undefined, seconds: seconds() };
  if (response.ok && answer !== undefined) return answer as T;
  throw new Problem(kindOf(response.status), said(answer), details);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function said(answer: Record<string, unknown> | undefined): string {
  const error = answer?.["error"];
  return typeof error === "string" ? error : "Something failed on our side.";
}

function kindOf(status: number): Kind {
  if (status === 404) return "missing";
  if (status === 429 || status === 503) return "busy";
  if (status === 504) return "slow";
  return status >= 400 && status < 500 ? "refused" : "broken";
}
