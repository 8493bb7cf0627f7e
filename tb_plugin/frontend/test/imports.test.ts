import { expect, test } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The modules that one needs before it runs: no types, nothing late. */
function importsOf(path: string): string[] {
  const statements = sources[path]!.matchAll(
    /^(?:import|export) (?!type )[^;]*?from "(\.[^"]+\.tsx?)";$/gm,
  );
  const base = `file:///test/${path}`;
  return [...statements].map(([, to]) => `..${new URL(to!, base).pathname}`);
}

/** Modules that need one another, in a circle; null where there is none. */
function circle(): string[] | null {
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | null => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return null;
    for (const next of importsOf(path)) {
      const found = visit(next, [...trail, path]);
      if (found) return found;
    }
    done.add(path);
    return null;
  };
  for (const path of Object.keys(sources)) {
    const found = visit(path, []);
    if (found) return found;
  }
  return null;
}

test("imports go one way", () => {
  expect(importsOf("../src/view/linked.ts")).toContain("../src/view/state.ts");
  expect(circle()).toBeNull();
});
