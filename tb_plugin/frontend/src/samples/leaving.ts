/** Ids and tables leave the page, once their code has come. */

import { late, whenCome } from "../late.ts";

export const saving = late(() => import("./saving.ts"));

/** Copies a text, then says so. */
export function copy(text: string, then: () => void): void {
  whenCome(saving, ({ copyText }) => void copyText(text).then(then));
}
