import type { ReactNode } from "react";
import { Problem } from "../api/client";

interface Props {
  title: string;
  error?: unknown;
  retry?: () => void;
  action?: string;
  children?: ReactNode;
}

/** What happened, what it means for the shopper, and what to do: with the number of the request, where it has one. */
export function Trouble({ title, error, retry, action = "Try again", children }: Props) {
  const reference = error instanceof Problem ? error.reference : undefined;
  return (
    <section className="trouble" role="alert">
      <h2>{title}</h2>
      {error instanceof Problem && <p>{error.message}</p>}
      {children && <div>{children}</div>}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {action}
        </button>
      )}
      {reference && (
        <p className="reference">
          If you ask us for help, tell us this number: <code>{reference}</code>
        </p>
      )}
    </section>
  );
}
