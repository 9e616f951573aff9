import { useEffect, useRef, type ReactNode } from "react";

let first = true;

/** The page's heading. It gets the focus when the page changes, so that a screen reader says where one is. */
export function Title({ name, children }: { name: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${name} · ShopFast`;
  }, [name]);
  useEffect(() => {
    if (!first) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    return () => {
      first = false;
    };
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? name}
    </h1>
  );
}
