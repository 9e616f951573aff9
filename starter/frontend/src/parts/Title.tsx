import { useEffect, useRef, type ReactNode } from "react";

let navigated = false;

/** The page's heading. Where another page has replaced the one that had the focus, the heading takes it. */
export function Title({ name, children }: { name: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${name} · ShopFast`;
  }, [name]);
  useEffect(() => {
    if (navigated && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? name}
    </h1>
  );
}

/** A new address begins at its top and its heading, so that a screen reader says where one is. */
export function useArrival(address: string) {
  const first = useRef(address);
  useEffect(() => {
    if (!navigated && first.current === address) return;
    navigated = true;
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [address]);
}
