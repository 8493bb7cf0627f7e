/** Sorts pairs of a matrix, of which there may be millions. */

const DIGITS = 2 ** 16;

/** Sorts stably by whole numbers below 2^32, largest first unless flipped. */
export function arrange(
  list: Uint32Array,
  values: Float64Array,
  flipped: boolean,
): Uint32Array {
  let largest = 0;
  let order = new Uint32Array(list.length);
  for (let i = 0; i < order.length; i++) {
    order[i] = i;
    if (values[i]! > largest) largest = values[i]!;
  }
  const digits = new Uint16Array(order.length);
  const top = Math.min(largest, DIGITS - 1);
  for (let unit = 1; unit <= largest; unit *= DIGITS) {
    const next = new Uint32Array(top + 2);
    for (let i = 0; i < digits.length; i++) {
      const low = (values[i]! / unit) & (DIGITS - 1);
      digits[i] = flipped ? low : top - low;
      next[digits[i]! + 1]!++;
    }
    for (let at = 0; at <= top; at++) next[at + 1]! += next[at]!;
    const sorted = new Uint32Array(order.length);
    for (const at of order) sorted[next[digits[at]!]!++] = at;
    order = sorted;
  }
  return order.map((i) => list[i]!);
}
