import { Component, type ReactNode } from "react";
import { Trouble } from "./Trouble";

/** A page that breaks says so, and the rest of the shop stays. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Trouble title="This page has a fault" retry={() => window.location.reload()} action="Load it again">
        Your cart is safe.
      </Trouble>
    );
  }
}
