/** In which order siblings stand; groups stay together in all of them. */

/** An epoch that settles an order. */
interface Counted {
  run: string;
  output: string;
  step: number;
}

export type Order =
  | { by: "tree" }
  | { by: "label" }
  | ({ by: "confusion" } & Counted)
  | ({ by: "recall" } & Counted);

export const TREE: Order = { by: "tree" };

/** An order in a link, or as the value of an option. */
export function orderToText(order: Order): string {
  if (order.by === "tree" || order.by === "label") return order.by;
  const { by, run, output, step } = order;
  return [by, step, encodeURIComponent(output), run].join(" ");
}

export function orderFromText(text: string): Order {
  if (text === "label") return { by: "label" };
  const parts = /^(confusion|recall) (\d{1,15}) (\S+) (.+)$/s.exec(text);
  if (!parts) return TREE;
  const [, by, step, output, run] = parts;
  try {
    return {
      by: by as "confusion" | "recall",
      step: Number(step),
      output: decodeURIComponent(output!),
      run: run!,
    };
  } catch {
    return TREE;
  }
}
