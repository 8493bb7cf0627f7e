/** Asks for the first pictures before the grid that shows them is drawn. */

import { effect } from "@preact/signals";
import { tab, viewPointedAt } from "../../state/tabs.ts";
import { arranged, rows } from "../selection/shownSamples.ts";
import { pictureOf } from "./pictureCache.ts";

/** As many as a large page shows at once. */
const MOST = 100;

export function followFirst(): void {
  effect(() => {
    if (tab.value !== "samples" && viewPointedAt.value !== "samples") return;
    const { list } = arranged.value;
    let asked = 0;
    for (const { from, to } of rows.value.rows) {
      if (asked >= MOST) return;
      for (const sample of list.subarray(from, to)) pictureOf(sample);
      asked += to - from;
    }
  });
}
