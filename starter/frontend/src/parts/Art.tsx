import type { CSSProperties } from "react";
import { drawing } from "./drawings";

const GOLDEN = 137.5; // degrees: hues that follow each other are far apart

/** A picture of the product: the shop has no photographs. Its colour is that of its kind. */
export function Art({ id, name, large = false }: { id: string; name: string; large?: boolean }) {
  const { path, kind } = drawing(name);
  const turn = Number(id.replace(/\D/g, "").slice(-3)) || 0;
  return (
    <span className={large ? "art large" : "art"} style={{ "--hue": Math.round((kind * GOLDEN) % 360) } as CSSProperties} aria-hidden="true">
      <svg viewBox="0 0 120 90" preserveAspectRatio="xMidYMid slice">
        <circle className="blob" cx={30 + (turn % 7) * 10} cy={24 + (turn % 5) * 11} r={26 + (turn % 4) * 5} />
        <circle className="blob two" cx={96 - (turn % 6) * 9} cy={72 - (turn % 3) * 14} r={12 + (turn % 5) * 3} />
        <path className="line" transform="translate(34 19) scale(2.15)" d={path} />
      </svg>
    </span>
  );
}
