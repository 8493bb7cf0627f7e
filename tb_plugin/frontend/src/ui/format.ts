/** Numbers as the page writes them. */

const grouped = new Intl.NumberFormat("en-US");

/** Means of runs miss a whole number by rounding, or by 1/380 and more. */
const ROUNDING = 1e-6;

/** 13,634; a mean of runs below 10 is no whole number: 3.7, 0.3, <0.1. */
export function whole(value: number): string {
  const near = Math.round(value);
  const isNear = Math.abs(value - near) < ROUNDING;
  // Adding 0 takes the sign off -0.
  if (isNear || !(Math.abs(value) < 9.95)) return grouped.format(near + 0);
  const text = plain(value, 1);
  return Number(text) === 0 ? "<0.1" : text;
}

const short = new Intl.NumberFormat("en-US", {
  notation: "compact",
  maximumSignificantDigits: 3,
});

/** 13,634, but 915K and 1.16M: for columns that have no room for more. */
export function brief(value: number): string {
  return value < 1e5 ? whole(value) : short.format(value);
}

/**
 * 94.5 %, or a dash where nothing was counted. What is neither none nor all does
 * not read so: <0.1 % and >99.9 %.
 */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${inPercent(share, digits)} %` : "–";
}

/** 94.5, percent without its sign. */
export function inPercent(
  share: number | null | undefined,
  digits = 1,
): string {
  if (share == null || !Number.isFinite(share)) return "–";
  const text = plain(100 * share, digits);
  const least = 10 ** -digits;
  if (share > 0 && Number(text) === 0) return `<${plain(least, digits)}`;
  if (share < 1 && Number(text) === 100)
    return `>${plain(100 - least, digits)}`;
  return text;
}

/** 23 %, and 0.2 % where it is small. */
export function percentBriefly(share: number): string {
  return percent(share, share < 0.01 ? 1 : 0);
}

/** 0.53 or −0.12; what rounds to none has no sign. */
export function plain(value: number, digits: number): string {
  const text = value.toFixed(digits).replace("-", "−");
  return /[1-9]/.test(text) ? text : text.replace("−", "");
}

/**
 * 81–85: percent from where to where, with digits where they are small or one,
 * and where an end would read as none or all, which it is not.
 */
export function percentRange({
  low,
  high,
}: {
  low: number;
  high: number;
}): string {
  const write = (digits: number): string[] =>
    [low, high].map((end) => inPercent(end, digits));
  const least = high < 0.01 ? 2 : high < 0.1 ? 1 : 0;
  const enough = [0, 1].find((digits) => {
    const [from, to] = write(digits);
    return digits >= least && from !== to && !/[<>]/.test(from! + to!);
  });
  const [from, to] = write(enough ?? 2);
  // Both below or above what two digits can say.
  return from === to && /[<>]/.test(to!) ? to! : `${from}–${to}`;
}

/** 83.1 % (81–85), or a dash where nothing was counted. */
export function percentWithin(
  share: number,
  within: { low: number; high: number },
): string {
  if (!Number.isFinite(share)) return percent(share);
  return `${percent(share)} (${percentRange(within)})`;
}

/** ± 0.8: percentage points to either side. */
export function plusMinus(spread: number): string {
  return `± ${inPercent(spread, spread < 0.00095 ? 2 : 1)}`;
}

/** p = 0.033, and p < 0.001 below that. */
export function chanceInWords(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

/** Of which number is what: a name that a user gave has no plural. */
export function counted(name: string, count: number): string {
  return `${name} (${whole(count)})`;
}

/** 1 class, 118 classes. */
export function plural(count: number, one: string, many: string): string {
  const text = whole(count);
  return `${text} ${text === "1" ? one : many}`;
}

const fixed: Intl.NumberFormat[] = [];

/**
 * +5, −5, 0: what changed, with its sign.
 *
 * @param digits of what is no count; counts are written as `whole` does
 */
export function signed(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return "–";
  const sign = value > 0 ? "+" : "−";
  if (digits === undefined) {
    const count = whole(Math.abs(value));
    return count === "0" ? count : sign + count;
  }
  // Making one takes longer than all that a matrix writes with it.
  fixed[digits] ??= new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const text = fixed[digits].format(Math.abs(value));
  if (!/[1-9]/.test(text)) return digits ? text : "0";
  return sign + text;
}

/** +4.2, −<0.1, 0.0: a share that changed, in percentage points. */
export function points(change: number, digits = 1): string {
  const text = signed(100 * change, digits);
  const size = Math.abs(change);
  if (/[1-9]/.test(text) || !(100 * size > ROUNDING)) return text;
  return (change > 0 ? "+" : "−") + inPercent(size, digits);
}

const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name amid a text, whose figures stay in order where it is from right to left. */
export function isolated(name: string): string {
  return FROM_RIGHT.test(name) ? `\u2068${name}\u2069` : name;
}
