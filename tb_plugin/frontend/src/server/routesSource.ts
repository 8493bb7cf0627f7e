/** What the routes of the plugin answer, whoever brings their answers. */

import type { Query, Source } from "./source.ts";

/** The names and values of a question; a list is a name several times. */
export function fieldsOf(query: Query): [name: string, value: string][] {
  return Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  );
}

/** @param ask brings the answer of a route, or rejects with why there is none */
export function routesSource(
  ask: (route: string, query: Query) => Promise<Response>,
): Source {
  async function json<Answer>(
    route: string,
    query: Query = {},
  ): Promise<Answer> {
    return (await ask(route, query)).json() as Promise<Answer>;
  }

  async function bytes(route: string, query: Query): Promise<ArrayBuffer> {
    return (await ask(route, query)).arrayBuffer();
  }

  /** One field of an answer. */
  async function field<Answer>(
    name: string,
    route: string,
    query?: Query,
  ): Promise<Answer> {
    return (await json<Record<string, Answer>>(route, query))[name]!;
  }

  return {
    runs: (sets) => field("runs", "runs", { set: sets }),
    series: (run, output) => json("epochs", { run, output }),
    matrix: (run, output, step) => bytes("matrix", { run, output, step }),
    hierarchy: (run, digest, grouping) =>
      json("hierarchy", { run, digest, ...(grouping ? { grouping } : {}) }),
    curves: (run, output, nodes) =>
      field("epochs", "curves", {
        run,
        output,
        ...(nodes.length ? { nodes: nodes.join(",") } : {}),
      }),
    rates: (run, output, rows, columns) =>
      field("epochs", "rates", {
        run,
        output,
        rows: rows.join(","),
        columns: columns.join(","),
      }),
    order: (run, output, step) => field("ids", "order", { run, output, step }),
    sampleEpochs: (run, output) =>
      field("epochs", "sample_epochs", { run, output }),
    samples: (run, output, step) => bytes("samples", { run, output, step }),
    sampleIndex: (run, digest) => json("sample_index", { run, digest }),
    sampleHistory: (run, output, hierarchy, index, sample) =>
      field("epochs", "sample_history", {
        run,
        output,
        hierarchy,
        index,
        sample,
      }),
    pictures: async (run, index, samples) => [
      await bytes("pictures", { run, index, samples: samples.join(",") }),
    ],
    layers: (run, output, step) => json("layers", { run, output, step }),
    json,
    bytes,
    significance: (shown, { run, output, step }, level) =>
      json("significance", {
        ...shown,
        other_run: run,
        other_output: output,
        other_step: step,
        level: level ?? [],
      }),
    surprise: (run, output, step, level) =>
      json("surprise", { run, output, step, level }),
    agreement: (run, output, step) => json("agreement", { run, output, step }),
  };
}
