/** A source within the page's own file: answers of the routes, side by side. */

import { type Epoch, precision, recall } from "../confusion/cells.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { bring } from "../loading/epochs.ts";
import type { CurveNode, CurvePoint, Rate } from "../server/answers.ts";
import { fieldsOf, routesSource } from "../server/routesSource.ts";
import type { Query, Source } from "../server/source.ts";

/** Where the answer to each question lies, by the question's key. */
type Places = Record<string, [from: number, to: number]>;

const MISSING =
  "That is not in this file, which holds matrices, and analyses of the last " +
  "epoch.";

/** Samples whose pictures lie side by side, as `exported_samples.py` has it. */
const IN_A_PART = 100;

/** As `tb_plugin/exporting.py` writes it. */
export function keyOf(route: string, query: Query): string {
  const fields = fieldsOf(query).map(([name, value]) => `${name}=${value}`);
  return JSON.stringify([route, ...fields.sort()]);
}

/** @param data length of the places in bytes; these, as JSON; the answers */
export async function fileSource(data: ArrayBuffer): Promise<Source> {
  const start = 4 + new DataView(data).getUint32(0, true);
  const listed = (await unpacked(data.slice(4, start)).json()) as Places;
  const places = new Map(Object.entries(listed));
  const stored = routesSource(async (route, query) => {
    const place = places.get(keyOf(route, query));
    if (!place) throw new Error(MISSING);
    return unpacked(data.slice(start + place[0], start + place[1]));
  });
  return {
    ...stored,
    runs: () => stored.runs([]),
    curves: (run, output, nodes) =>
      nodes.length
        ? computed(stored, run, output, curveNodes(nodes))
        : stored.curves(run, output, nodes),
    // Of one epoch there is no history.
    sampleHistory: async () => [],
    pictures: async (run, index, samples) => {
      const firsts = new Set(samples.map((each) => each - (each % IN_A_PART)));
      const isThere = (first: number): boolean =>
        places.has(keyOf("pictures", { run, index, samples: first }));
      const parts = [...firsts].filter(isThere);
      const asked = parts.map((first) => stored.pictures(run, index, [first]));
      return (await Promise.all(asked)).flat();
    },
    rates: (run, output, rows, columns) =>
      computed(stored, run, output, ratesOf(rows, columns)),
  };
}

function unpacked(packed: ArrayBuffer): Response {
  const stream = new Blob([packed]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
}

type Tell<Told> = (epoch: Epoch, tree: Tree) => Told;

/** Adds something to each of the stored curves, computed from its matrix. */
async function computed<Told>(
  stored: Source,
  run: string,
  output: string,
  tell: Tell<Told>,
): Promise<(CurvePoint | (CurvePoint & Told))[]> {
  const points = await stored.curves(run, output, []);
  const { epochs } = await stored.series(run, output);
  const infos = new Map(epochs.map((info) => [info.step, info]));
  return Promise.all(
    points.map(async (point) => {
      const info = infos.get(point.step);
      // Of another tree, or not to be read: it has no such nodes.
      if (!info || point.error || point.hierarchy !== undefined) return point;
      const { epoch, tree } = await bring(info, run, output);
      return { ...point, ...tell(epoch, tree) };
    }),
  );
}

/** Where the nodes of a log stand in a tree. */
function placesOf(tree: Tree, nodes: readonly number[]): number[] {
  const places = new Map([...tree.logged].map((logged, at) => [logged, at]));
  return nodes.map((node) => places.get(node)!);
}

/** As `tb_plugin/routes/curves.py` tells it. */
function curveNodes(nodes: readonly number[]): Tell<{ nodes: CurveNode[] }> {
  return ({ sums }, tree) => ({
    nodes: placesOf(tree, nodes).map((at) => ({
      recall: finite(recall(sums, at)),
      precision: finite(precision(sums, at)),
      actual: sums.support[at]!,
      predicted: sums.predictedCount[at]!,
    })),
  });
}

/** As `tb_plugin/routes/rates.py` counts it. */
function ratesOf(
  rows: readonly number[],
  columns: readonly number[],
): Tell<{ named: Rate; reverse: Rate }> {
  return (epoch, tree) => {
    const [here, there] = [below(tree, rows), below(tree, columns)];
    return {
      named: rate(epoch, tree, here, there),
      reverse: rate(epoch, tree, there, here),
    };
  };
}

/** Which classes lie below any of the nodes, by their positions. */
function below(tree: Tree, nodes: readonly number[]): Uint8Array {
  const found = new Uint8Array(tree.leaves.length);
  for (const at of placesOf(tree, nodes)) {
    found.fill(1, tree.start[at], tree.stop[at]);
  }
  return found;
}

function rate(
  { cells, sums, total }: Epoch,
  tree: Tree,
  of: Uint8Array,
  named: Uint8Array,
): Rate {
  let errors = 0;
  cells.count.forEach((count, k) => {
    if (of[cells.row[k]!] && named[cells.column[k]!]) errors += count;
  });
  let [samples, predicted, own] = [0, 0, 0];
  tree.leaves.forEach((leaf, at) => {
    const [actual, told] = [sums.support[leaf]!, sums.predictedCount[leaf]!];
    if (of[at]) samples += actual;
    if (named[at]) predicted += told;
    if (of[at] && named[at]) own += actual * told;
  });
  const drawn = Math.max(samples * predicted - own, 0);
  return { errors, samples, chance: finite(drawn / total / samples) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
