/**
 * Names of groups that were computed, "horse, goat +19", in less room.
 *
 * The number stays as it is: a group that is named here and there is one group.
 */

import { type Measure, shorten } from "../ui/textFitting.ts";

const COMPUTED = /^(.+)( \+\d+)$/s;
/** Where a word of a name ends. */
const BREAK = /[\s\-_/.,:()]+/g;
/** The least letters by which a name is known. */
const LEAST = 3;

/**
 * Cuts "horse, goat +19": members go from the end, then words, then letters.
 *
 * @returns null where it is no such name
 */
export function cut(
  name: string,
  width: number,
  measure: Measure,
): string | null {
  const [, named, count] = COMPUTED.exec(name) ?? [];
  if (!named?.includes(", ") || !count) return null;
  const members = named.split(", ");
  const first = members[0]!;
  const fewer = members
    .map((_, left) => members.slice(0, left).join(", "))
    .slice(1)
    .reverse();
  for (const { index } of [...first.matchAll(BREAK)].reverse()) {
    if (index >= LEAST) fewer.push(first.slice(0, index));
  }
  const fits = (text: string): boolean => measure(text) <= width;
  const short = fewer.map((text) => `${text}…${count}`).find(fits);
  if (short) return short;
  const letters = shorten(`${first}…`, width - measure(count), measure);
  if (letters.length > LEAST) return letters + count;
  const alone = `…${count.trim()}`;
  return fits(alone) ? alone : "";
}
