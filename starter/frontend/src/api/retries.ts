/** Few retries, further and further apart: a shop that is in trouble needs less traffic, not more. */

import { Problem } from "./client";

const MOST = 2;
/** Whoever waited that long is asked before it happens a third time. */
const LONG_SECONDS = 2;

export function again(failures: number, error: unknown): boolean {
  if (!(error instanceof Problem) || !error.passing) return false;
  return failures < (error.seconds > LONG_SECONDS ? MOST - 1 : MOST);
}

export function pause(failures: number, random: () => number = Math.random): number {
  return 400 * 2.5 ** failures * (0.75 + random() / 2);
}

/** The time in ms until the next look at something that changes by itself. */
export function nextLook(looks: number): number {
  return Math.min(800 * 1.4 ** looks, 15_000);
}
