import { describe, expect, test } from "vitest";

const files = import.meta.glob<string>("../src/**/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The rooms, from the ground up: one imports from those before it only. */
const ROOMS_BELOW = [
  "ui",
  "hierarchy",
  "server",
  "confusion",
  "colour",
  "state",
  "loading",
  "matrix",
  "comparison",
  "timeline",
  "toolbar",
  "panel",
  "sentence",
  "export",
];
/** A folder with an entry is a view; all of them stand on one floor. */
const VIEWS = Object.keys(import.meta.glob("../src/*/view.ts")).map(
  (path) => path.split("/")[2]!,
);
const FLOORS = [
  ...ROOMS_BELOW.map((room) => [room]),
  VIEWS,
  ["page"],
  ["index.tsx"],
  ["file"],
];
/** What a view lends to others: no components but those it shares. */
const LENT = /^\w+\/(data|selection|shared)\/|^\w+\/\w+\.ts$/;
const MOST_FILES = 21;

const paths = Object.keys(files).map((path) => path.slice("../src/".length));
const modules = paths.filter((path) => /\.tsx?$/.test(path));

interface Edge {
  from: string;
  to: string;
}

/** Every import: of types, for side effects, and of what comes later. */
const edges: Edge[] = modules.flatMap((from) => {
  const text = files[`../src/${from}`]!;
  const found = text.matchAll(
    /(?:\bfrom|^import|\bimport\()\s*"(\.[^"?]+\.tsx?)"/gm,
  );
  return [...found].map(([, to]) => ({
    from,
    to: new URL(to!, `file:///${from}`).pathname.slice(1),
  }));
});

const roomOf = (path: string): string => path.split("/")[0]!;
const inWords = ({ from, to }: Edge): string => `${from} -> ${to}`;

/** Files that need one another, in a circle; null where there is none. */
function circleIn(all: readonly Edge[]): string[] | null {
  const next = Map.groupBy(all, ({ from }) => from);
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | null => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return null;
    for (const { to } of next.get(path) ?? []) {
      const found = visit(to, [...trail, path]);
      if (found) return found;
    }
    done.add(path);
    return null;
  };
  for (const path of next.keys()) {
    const found = visit(path, []);
    if (found) return found;
  }
  return null;
}

describe("imports", () => {
  test("are all seen", () => {
    const seen = edges.map(inWords);
    // At once, as a type, and later.
    expect(seen).toContain("state/link.ts -> state/page.ts");
    expect(seen).toContain("matrix/canvas/frame.ts -> hierarchy/tree.ts");
    expect(seen).toContain("samples/view.ts -> samples/SamplesView.tsx");
    for (const { from, to } of edges) {
      expect(modules, `${from} imports what is not there`).toContain(to);
    }
  });

  test("go down from room to room", () => {
    const floor = (path: string): number =>
      FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
    const up = edges.filter(({ from, to }) => floor(to) > floor(from));
    expect(up.map(inWords)).toEqual([]);
  });

  test("of the view are taken by name, which leaves it no object", () => {
    const apart = modules.filter((path) =>
      /= view;/.test(files[`../src/${path}`]!),
    );
    expect(apart).toEqual([]);
  });

  test("go in no circle", () => {
    expect(circleIn(edges)).toBeNull();
    const planted = { from: "ui/format.ts", to: "page/App.tsx" };
    expect(circleIn([...edges, planted])).toContain("ui/format.ts");
  });

  test("leave the components of another view alone", () => {
    const taken = edges.filter(
      ({ from, to }) =>
        VIEWS.includes(roomOf(to)) &&
        VIEWS.includes(roomOf(from)) &&
        roomOf(from) !== roomOf(to) &&
        !LENT.test(to),
    );
    expect(taken.map(inWords)).toEqual([]);
  });

  test("make up lazy chunks of components, or of arithmetic without signals", () => {
    const later = modules.flatMap((from) => {
      const found = files[`../src/${from}`]!.matchAll(
        /\bimport\("(\.[^"]+)"\)/g,
      );
      return [...found].map(([, to]) => ({
        from,
        to: new URL(to!, `file:///${from}`).pathname.slice(1),
      }));
    });
    expect(later.length).toBeGreaterThan(8);
    const reach = (path: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(path)) return seen;
      seen.add(path);
      for (const { from, to } of edges) if (from === path) reach(to, seen);
      return seen;
    };
    for (const { to } of later.filter(({ from }) => /^state/.test(from))) {
      const signals = [...reach(to)].filter((path) =>
        files[`../src/${path}`]!.includes('from "@preact/signals"'),
      );
      expect(signals, `${to} is loaded by state`).toEqual([]);
    }
  });
});

describe("files", () => {
  test("lie in rooms that can be overlooked", () => {
    const folders = Map.groupBy(paths, (path) =>
      path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".",
    );
    for (const [folder, inside] of folders) {
      expect(inside.length, folder).toBeLessThanOrEqual(
        folder === "." ? 2 : MOST_FILES,
      );
      const names = inside.map((path) =>
        path
          .slice(path.lastIndexOf("/") + 1)
          .replace(/\.\w+$/, "")
          .toLowerCase(),
      );
      const code = names.filter((_, i) => !inside[i]!.endsWith(".css"));
      expect(new Set(code).size, `two of one name in ${folder}`).toBe(
        code.length,
      );
    }
    expect(
      new Set(paths.map(roomOf)).difference(new Set(FLOORS.flat())),
    ).toEqual(new Set(["vite-env.d.ts"]));
  });

  test("are modules of 350 lines at most", () => {
    const long = modules.filter(
      (path) => files[`../src/${path}`]!.split("\n").length > 351,
    );
    expect(long).toEqual([]);
  });

  test("are called by what they hold: a component in Pascal case", () => {
    for (const path of modules) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (path === "index.tsx") continue;
      if (name.endsWith(".tsx")) expect(name).toMatch(/^[A-Z]\w+\.tsx$/);
      else expect(name).toMatch(/^[a-z]\w*(\.d)?\.ts$|^vite-env/);
    }
  });
});
