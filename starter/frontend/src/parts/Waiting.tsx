import { useEffect, useState } from "react";

const LONG_MS = 2_500;

/** Says that something is awaited, and is honest when it takes long or was tried before. */
export function Waiting({ what, failures = 0 }: { what: string; failures?: number }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  const words = failures ? `No answer yet. Trying once more to load ${what}…` : long ? `Still loading ${what}. This takes longer than it should…` : `Loading ${what}…`;
  return (
    <p className="waiting" role="status">
      <span className="spinner" aria-hidden="true" />
      {words}
    </p>
  );
}
