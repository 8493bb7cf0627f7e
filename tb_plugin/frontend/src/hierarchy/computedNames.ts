/** Names of groups that were computed, "horse, goat +19", in less room. */

import { type Measure, shorten } from "../ui/textFitting.ts";

const COMPUTED = /^(.+?), .+? \+(\d+)$/s;
/** Where a word of a name ends. */
const BREAK = /[\s\-_/.,:()]+/g;
/** The least letters by which a name is known. */
const LEAST = 3;

/**
 * Cuts such a name: its first member and how many more there are.
 *
 * "horse, goat +19" is "horse +20" in less room, then words of it are left out
 * from the end, "American… +36", then letters, and last all but the number.
 *
 * @returns null where it is no such name
 */
export function cut(
  name: string,
  width: number,
  measure: Measure,
): string | null {
  const [, first, more] = COMPUTED.exec(name) ?? [];
  if (!first) return null;
  const count = ` +${Number(more) + 1}`;
  const fits = (text: string): boolean => measure(text + count) <= width;
  if (fits(first)) return first + count;
  const ends = [...first.matchAll(BREAK)].map(({ index }) => index).reverse();
  for (const end of ends) {
    const words = `${first.slice(0, end)}…`;
    if (end >= LEAST && fits(words)) return words + count;
  }
  const letters = shorten(first, width - measure(count), measure);
  if (letters.length > LEAST) return letters + count;
  const all = `+${Number(more) + 2}`;
  return measure(all) <= width ? all : "";
}
