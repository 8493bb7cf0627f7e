/** A source within the page's own file: answers of the routes, side by side. */

import { precision, recall } from "../confusion/cells.ts";
import { bring } from "../loading/epochs.ts";
import type { CurveNode, CurvePoint } from "../server/answers.ts";
import { fieldsOf, routesSource } from "../server/routesSource.ts";
import type { Query, Source } from "../server/source.ts";

/** Where the answer to each question lies, by the question's key. */
type Places = Record<string, [from: number, to: number]>;

const MISSING =
  "That is not in this file, which holds matrices, and analyses of the last " +
  "epoch.";

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
    curves: (run, output, nodes) => curves(stored, run, output, nodes),
  };
}

function unpacked(packed: ArrayBuffer): Response {
  const stream = new Blob([packed]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
}

/** The stored curves, with those of nodes computed from the matrices. */
async function curves(
  stored: Source,
  run: string,
  output: string,
  nodes: readonly number[],
): Promise<CurvePoint[]> {
  const points = await stored.curves(run, output, []);
  if (nodes.length === 0) return points;
  const { epochs } = await stored.series(run, output);
  const infos = new Map(epochs.map((info) => [info.step, info]));
  return Promise.all(
    points.map(async (point) => {
      const info = infos.get(point.step);
      // Of another tree, or not to be read: it has no such nodes.
      if (!info || point.error || point.hierarchy !== undefined) return point;
      const { epoch, tree } = await bring(info, run, output);
      const own = new Map([...tree.logged].map((logged, at) => [logged, at]));
      return {
        ...point,
        nodes: nodes.map((node): CurveNode => {
          const at = own.get(node)!;
          const { support, predictedCount } = epoch.sums;
          return {
            recall: finite(recall(epoch.sums, at)),
            precision: finite(precision(epoch.sums, at)),
            actual: support[at]!,
            predicted: predictedCount[at]!,
          };
        }),
      };
    }),
  );
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
