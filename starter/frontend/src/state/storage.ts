/** What the browser keeps between visits; where it keeps nothing, this visit's memory does. */

const PREFIX = "shopfast.";
const memory = new Map<string, string>();

export interface Kept<T> {
  read(): T;
  write(value: T): void;
}

/** False in a browser that keeps nothing: private windows, blocked site data, a full disk. */
export function keeps(storage: () => Storage = () => window.localStorage): boolean {
  try {
    const probe = `${PREFIX}probe`;
    storage().setItem(probe, "1");
    storage().removeItem(probe);
    return true;
  } catch {
    return false;
  }
}

/** A value under a key; what is there and does not pass `valid` counts as nothing. */
export function kept<T>(key: string, none: T, valid: (value: unknown) => value is T): Kept<T> {
  const name = PREFIX + key;
  return {
    read() {
      try {
        const value: unknown = JSON.parse(get(name) ?? "null");
        return valid(value) ? value : none;
      } catch {
        return none;
      }
    },
    write(value) {
      const text = JSON.stringify(value);
      memory.set(name, text);
      try {
        window.localStorage.setItem(name, text);
      } catch {
        // the memory has it
      }
    },
  };
}

function get(name: string): string | null {
  try {
    return window.localStorage.getItem(name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}
