// A number for each thing that a shopper does, sent with every request that follows from it, and found again in the logs
// of all services and in the trace. A request that fails brings it back: `x-correlation-id` among the headers of the
// answer, `correlationId` of the error. Requests to other hosts get none, but for those in `data-origins`.
(() => {
  "use strict";
  const HEADER = "x-correlation-id";
  const ACTIONS = ["click", "submit", "input", "change", "popstate"];
  const script = document.currentScript;
  const origins = new Set([location.origin, ...((script && script.dataset.origins) || "").split(/\s+/)]);
  let current = "";

  const begin = () => {
    current = "";
  };
  const random = () => crypto.getRandomValues(new Uint8Array(16));
  const number = () => {
    current = current || Array.from(random(), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return current;
  };
  const ours = (address) => {
    try {
      return origins.has(new URL(address, location.href).origin);
    } catch {
      return false;
    }
  };
  for (const action of ACTIONS) addEventListener(action, begin, { capture: true, passive: true });

  const send = globalThis.fetch;
  globalThis.fetch = async function (resource, options) {
    const request = resource instanceof Request ? resource : undefined;
    if (!ours(request ? request.url : resource)) return send.call(this, resource, options);
    const headers = new Headers((options && options.headers) || (request && request.headers));
    if (!headers.has(HEADER)) headers.set(HEADER, number());
    const value = headers.get(HEADER);
    try {
      return labelled(await send.call(this, resource, { ...options, headers }), value);
    } catch (error) {
      if (error instanceof Error) error.correlationId = value;
      throw error;
    }
  };

  function labelled(response, value) {
    if (response.ok || response.headers.has(HEADER)) return response;
    const headers = new Headers(response.headers);
    headers.set(HEADER, value);
    return Object.defineProperty(response, "headers", { value: headers });
  }

  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    open.call(this, method, address, ...rest);
    if (ours(address)) this.setRequestHeader(HEADER, number());
  };
})();
