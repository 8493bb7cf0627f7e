/** Ids and tables leave the page, once their code has come. */

import { lazy, whenLoaded } from "../../ui/lazy.ts";

export const saving = lazy(() => import("./savedSamples.ts"));

/** Copies texts, a line each, then says so. */
export function copy(texts: Iterable<string>, then: () => void): void {
  whenLoaded(saving, (part) => {
    void part.copyText(part.asLines(texts)).then(then);
  });
}
