/** Ids and tables leave the page, once their code has come. */

import { lazy, whenLoaded } from "../../ui/lazy.ts";

export const saving = lazy(() => import("./savedSamples.ts"));

/** Copies a text, then says so. */
export function copy(text: string, then: () => void): void {
  whenLoaded(saving, ({ copyText }) => void copyText(text).then(then));
}
