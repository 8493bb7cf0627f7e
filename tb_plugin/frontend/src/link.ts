/** The view in the address bar of the parent page, and back. */

/** Everything a link restores; absent keys mean the usual. */
export interface LinkedView {
  run?: string;
  output?: string;
  step?: number;
  level?: number;
  value?: string;
  show?: string;
  /** The order of siblings, as `orderToText` writes it. */
  order?: string;
  /** Ids of groups that are folded, and of those that are opened. */
  closed?: string;
  opened?: string;
  /** The same of the columns, where they are folded apart from the rows. */
  closedColumns?: string;
  openedColumns?: string;
  /** Ids of the selected rows and columns. */
  rows?: string;
  columns?: string;
  /** Labels at the corners of a selected rectangle: rows, then columns. */
  box?: readonly number[];
  /** What it is compared with: a run or `epochs`, an output, an epoch. */
  with?: string;
  withOutput?: string;
  withStep?: number;
  /** "side": both beside one another. */
  as?: string;
  /** How many epochs are shown at once. */
  many?: number;
  /** The curve of the scale, and what stands beside the matrix. */
  scale?: string;
  bars?: string;
  /** Filters: smallest count, values, groups of a level, a name. */
  least?: number;
  from?: number;
  below?: number;
  within?: number;
  between?: number;
  only?: string;
  /** The recall of separability, in percent; "one" split's curves; speed. */
  threshold?: number;
  curves?: string;
  speed?: number;
  /** What the list of confusions is sorted by, and whether it is long. */
  sort?: string;
  list?: string;
  /** What the groups in the selection are sorted by. */
  parts?: string;
  /** The view of the selection, and what was chosen among its samples. */
  view?: string;
  samples?: string;
  /** The chosen entry of the lists of quality. */
  entry?: string;
  /** Upper left place and span of what the matrix shows. */
  window?: readonly [number, number, number];
}

const KEY = "p.blocks.s";

export function encodeView(view: LinkedView): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) {
    if (value !== undefined) {
      query.set(key, Array.isArray(value) ? value.join(" ") : String(value));
    }
  }
  return query.toString();
}

export function decodeView(text: string): LinkedView {
  const query = new URLSearchParams(text);
  const view: LinkedView = {};
  for (const key of [
    "run",
    "output",
    "value",
    "show",
    "order",
    "closed",
    "opened",
    "closedColumns",
    "openedColumns",
    "rows",
    "columns",
    "with",
    "withOutput",
    "as",
    "scale",
    "bars",
    "only",
    "sort",
    "list",
    "parts",
    "curves",
    "view",
    "samples",
    "entry",
  ] as const) {
    const value = query.get(key);
    if (value !== null) view[key] = value;
  }
  for (const key of ["step", "level", "withStep", "many"] as const) {
    const value = Number(query.get(key) ?? Number.NaN);
    if (Number.isSafeInteger(value)) view[key] = value;
  }
  for (const key of ["least", "within", "between"] as const) {
    const value = Number(query.get(key) ?? Number.NaN);
    if (Number.isSafeInteger(value)) view[key] = value;
  }
  for (const key of ["threshold", "speed"] as const) {
    const value = Number(query.get(key) ?? Number.NaN);
    if (Number.isSafeInteger(value)) view[key] = value;
  }
  for (const key of ["from", "below"] as const) {
    const value = Number(query.get(key) ?? Number.NaN);
    if (Number.isFinite(value)) view[key] = value;
  }
  const box = (query.get("box") ?? "").split(" ").map(Number);
  if (box.length === 4 && box.every(Number.isSafeInteger)) view.box = box;
  const window = (query.get("window") ?? "").split(" ").map(Number);
  if (window.length === 3 && window.every(Number.isFinite)) {
    view.window = window as unknown as readonly [number, number, number];
  }
  return view;
}

/** The fragment of the parent's address with this view in it. */
export function fragmentWith(fragment: string, view: LinkedView): string {
  const others = fragment
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part && !part.startsWith(`${KEY}=`));
  const plugin = others.length ? others : ["blocks"];
  const encoded = encodeURIComponent(encodeView(view));
  return `#${[...plugin, `${KEY}=${encoded}`].join("&")}`;
}

export function viewInFragment(fragment: string): LinkedView {
  const part = fragment
    .replace(/^#/, "")
    .split("&")
    .find((each) => each.startsWith(`${KEY}=`));
  if (!part) return {};
  try {
    return decodeView(decodeURIComponent(part.slice(KEY.length + 1)));
  } catch {
    return {};
  }
}

// The parent may be another origin, then links do without us.
export function readLink(): LinkedView {
  try {
    return viewInFragment(window.parent.location.hash);
  } catch {
    return {};
  }
}

/** The address of a view; of this page alone where there is no parent. */
export function linkTo(view: LinkedView): string {
  try {
    const { href, hash } = window.parent.location;
    return href.replace(/#.*$/, "") + fragmentWith(hash, view);
  } catch {
    return location.href.replace(/#.*$/, "") + fragmentWith("", view);
  }
}

export function writeLink(view: LinkedView): void {
  try {
    const { history, location } = window.parent;
    const fragment = fragmentWith(location.hash, view);
    if (fragment === location.hash) return;
    const path = location.pathname + location.search;
    history.replaceState(history.state, "", path + fragment);
  } catch {
    // Nothing to do: the view itself is not affected.
  }
}
