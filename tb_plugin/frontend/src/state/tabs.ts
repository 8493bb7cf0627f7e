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

/** The promised accuracy of answers, as a link says it. */
export const promise = signal("");
