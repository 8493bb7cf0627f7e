/** The routes of the plugin, relative to the page's base address. */

import type { HierarchyJson } from "./tree.ts";

export interface RunInfo {
  /** The key of the server: a run with its split. */
  run: string;
  name: string;
  split: string;
  outputs: string[];
  /** Those of which single samples were logged. */
  samples?: string[];
}

export interface EpochInfo {
  step: number;
  wall_time: number;
  hierarchy?: string;
  grouping?: string | null;
  total?: number;
  correct?: number;
  nonzeros?: number;
  error?: string;
}

export interface Series {
  role: string;
  layer: string | null;
  epochs: EpochInfo[];
}

export interface CurvePoint {
  step: number;
  /** Share of right answers at every level, coarse to fine. */
  accuracy?: (number | null)[];
  nodes?: { recall: number | null; precision: number | null }[];
  error?: string;
}

/** The server could not be reached at all. */
export class ServerGone extends Error {}

export async function get(
  route: string,
  query: Record<string, string>,
): Promise<Response> {
  const address = `${route}?${new URLSearchParams(query)}`;
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new ServerGone("TensorBoard does not answer", { cause });
  }
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    const reason = (body as { error?: string }).error;
    throw new Error(reason ?? `${route} answered ${response.status}`);
  }
  return response;
}

export async function fetchRuns(): Promise<RunInfo[]> {
  const body = await (await get("runs", {})).json();
  return (body as { runs: RunInfo[] }).runs;
}

export async function fetchSeries(
  run: string,
  output: string,
): Promise<Series> {
  return (await get("epochs", { run, output })).json() as Promise<Series>;
}

export async function fetchMatrix(
  run: string,
  output: string,
  step: number,
): Promise<ArrayBuffer> {
  const query = { run, output, step: String(step) };
  return (await get("matrix", query)).arrayBuffer();
}

export async function fetchHierarchy(
  run: string,
  digest: string,
  grouping: string | null,
): Promise<HierarchyJson> {
  const query = { run, digest, ...(grouping ? { grouping } : {}) };
  return (await get("hierarchy", query)).json() as Promise<HierarchyJson>;
}

export async function fetchCurves(
  run: string,
  output: string,
  nodes: readonly number[],
): Promise<CurvePoint[]> {
  const query = {
    ...{ run, output },
    ...(nodes.length ? { nodes: nodes.join(",") } : {}),
  };
  const body = await (await get("curves", query)).json();
  return (body as { epochs: CurvePoint[] }).epochs;
}

/** Ids of all nodes, siblings ordered by the confusions of an epoch. */
export async function fetchOrder(
  run: string,
  output: string,
  step: number,
): Promise<string[]> {
  const query = { run, output, step: String(step) };
  const body = await (await get("order", query)).json();
  return (body as { ids: string[] }).ids;
}
