import { defineConfig } from "vitest/config";

// A busy machine is no failure: what a test waits for may take its time.
const PATIENCE = 20_000;

export default defineConfig({
  test: {
    expect: { poll: { timeout: PATIENCE } },
    testTimeout: 3 * PATIENCE,
    hookTimeout: 3 * PATIENCE,
  },
});
