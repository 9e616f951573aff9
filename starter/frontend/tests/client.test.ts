import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem, request } from "../src/api/client";
import { again, nextLook, pause } from "../src/api/retries";
import { json } from "./shop";

const answer = vi.fn<typeof fetch>();

beforeEach(() => vi.stubGlobal("fetch", answer));
afterEach(() => vi.unstubAllGlobals());

async function problem(): Promise<Problem> {
  return await request("/x").then(
    () => expect.fail("no problem"),
    (error: unknown) => error as Problem,
  );
}

describe("a request", () => {
  test("gives the JSON of a good answer", async () => {
    answer.mockResolvedValue(json(200, { a: 1 }));
    expect(await request("/x")).toEqual({ a: 1 });
  });

  test.each([
    [404, "missing", false],
    [400, "refused", false],
    [409, "refused", false],
    [429, "busy", true],
    [503, "busy", true],
    [502, "broken", true],
    [504, "slow", true],
  ])("that is answered with %i is %s", async (status, kind, passing) => {
    answer.mockResolvedValue(json(status, { error: "because" }, { "x-correlation-id": "n-1" }));
    expect(await problem()).toMatchObject({ kind, passing, status, message: "because", reference: "n-1" });
  });

  test("that is answered with a page is broken, whatever its status", async () => {
    answer.mockResolvedValue(new Response("<html>"));
    expect(await problem()).toMatchObject({ kind: "broken", reference: undefined });
  });

  test("that reaches nobody says so, with its number", async () => {
    answer.mockRejectedValue(Object.assign(new TypeError("failed"), { correlationId: "n-2" }));
    expect(await problem()).toMatchObject({ kind: "unreachable", reference: "n-2", passing: true });
  });

  test("that the page gives up is no problem of the shop", async () => {
    const stop = new AbortController();
    stop.abort();
    answer.mockRejectedValue(new DOMException("stopped", "AbortError"));
    await expect(request("/x", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("retries", () => {
  test("are two, one where each took long, none where the answer would be the same", () => {
    const quick = new Problem("broken", "", { seconds: 0.1 });
    const long = new Problem("slow", "", { seconds: 4 });
    const sure = new Problem("missing", "");
    expect([0, 1, 2].map((failures) => again(failures, quick))).toEqual([true, true, false]);
    expect([0, 1].map((failures) => again(failures, long))).toEqual([true, false]);
    expect(again(0, sure)).toBe(false);
    expect(again(0, new Error("a fault of the page"))).toBe(false);
  });

  test("come further and further apart, and not all at once", () => {
    expect(pause(0, () => 0.5)).toBe(400);
    expect(pause(1, () => 0.5)).toBe(1000);
    expect(pause(1, () => 0)).toBeLessThan(pause(1, () => 1));
    expect([0, 1, 30].map(nextLook)).toEqual([800, 1120, 15_000]);
  });
});
