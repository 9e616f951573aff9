import { MOST } from "../state/cart";

interface Props {
  value: number;
  change: (value: number) => void;
  of: string;
}

export function Quantity({ value, change, of }: Props) {
  const set = (wanted: number) => change(Math.max(1, Math.min(MOST, Math.trunc(wanted) || 1)));
  return (
    <div className="quantity" role="group" aria-label={`Quantity of ${of}`}>
      <button type="button" onClick={() => set(value - 1)} disabled={value <= 1} aria-label="One less">
        −
      </button>
      <input type="number" min={1} max={MOST} inputMode="numeric" aria-label={`Pieces of ${of}`} value={value} onChange={(event) => set(event.target.valueAsNumber)} />
      <button type="button" onClick={() => set(value + 1)} disabled={value >= MOST} aria-label="One more">
        +
      </button>
    </div>
  );
}
