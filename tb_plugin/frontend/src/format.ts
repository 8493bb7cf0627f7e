/** Numbers as the page writes them. */

const grouped = new Intl.NumberFormat("en-US");

/** 13,634 */
export function whole(value: number): string {
  return grouped.format(Math.round(value));
}

/** 94.5 %, or a dash where nothing was counted. */
export function percent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return "–";
  return `${(100 * share).toFixed(digits)} %`;
}

/** 1 class, 118 classes. */
export function plural(count: number, one: string, many: string): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
