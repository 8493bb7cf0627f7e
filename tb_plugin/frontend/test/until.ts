import { vi } from "vitest";

/** Waits till something is so; unlike `expect.poll` also before all tests. */
export function until<T>(isSo: () => T): ReturnType<typeof vi.waitUntil<T>> {
  // A second, its default, is not enough on a busy machine.
  return vi.waitUntil(isSo, { timeout: 20_000 });
}
