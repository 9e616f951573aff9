import type { CSSProperties } from "react";
import { drawing } from "./drawings";

const HUES: Record<string, number> = {
  aluminium: 220, bamboo: 95, canvas: 60, ceramic: 200, copper: 28, cork: 45, cotton: 260,
  glass: 185, leather: 18, linen: 75, oak: 38, steel: 235, walnut: 10, wool: 330,
};

/** A picture of the product: the shop has no photographs. Its colour is the material's. */
export function Art({ id, name, large = false }: { id: string; name: string; large?: boolean }) {
  const words = name.toLowerCase().split(/\s+/);
  const hue = words.map((word) => HUES[word]).find((found) => found !== undefined) ?? 0;
  const turn = Number(id.replace(/\D/g, "").slice(-3)) || 0;
  return (
    <span className={large ? "art large" : "art"} style={{ "--hue": hue } as CSSProperties} aria-hidden="true">
      <svg viewBox="0 0 120 90">
        <circle className="blob" cx={30 + (turn % 7) * 10} cy={24 + (turn % 5) * 11} r={26 + (turn % 4) * 5} />
        <circle className="blob two" cx={96 - (turn % 6) * 9} cy={72 - (turn % 3) * 14} r={12 + (turn % 5) * 3} />
        <path className="line" transform="translate(34 19) scale(2.15)" d={drawing(name)} />
      </svg>
    </span>
  );
}
