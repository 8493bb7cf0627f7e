/** Which view of the selection has the page. */

import { signal } from "@preact/signals";

/** The matrix: what the page shows unless another view is open. */
export const ERRORS = "errors";

/** The key of the view that is open; `page/views.ts` has all of them. */
export const tab = signal<string>(ERRORS);

/** The key of the view that the pointer is about to open, or "". */
export const viewPointedAt = signal("");

/** What was chosen among samples, as a link says it; their code comes late. */
export const sampleChoices = signal("");

/** The chosen entry of the lists of quality, by its key. */
export const entry = signal("");

/** The chosen layer, by its name. */
export const layer = signal("");

/** The share of right answers that is promised. */
export const USUAL_PROMISE = 0.95;
export const promise = signal(USUAL_PROMISE);

/** Whole percents, from a half up; only saying nothing is always right. */
export function setPromise(share: number): void {
  promise.value = Math.round(100 * Math.min(Math.max(share, 0.5), 0.99)) / 100;
}
