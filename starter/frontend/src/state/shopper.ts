/** Who is shopping: an id that this browser has made up. There is no sign-in. */

import { kept } from "./storage";

const shelf = kept<string>("customer", "", (value): value is string => typeof value === "string" && /^c-[a-z0-9-]{8,60}$/.test(value));
let own = "";

export function customerId(): string {
  own ||= shelf.read();
  if (!own) {
    own = `c-${newId()}`;
    shelf.write(own);
  }
  return own;
}

/** A random id, also where the page was loaded without TLS and `randomUUID` is not there. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
