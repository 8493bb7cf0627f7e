/** Where the dots of the scatter lie: recall upwards, samples on a log axis. */

import type { ClassScores } from "./classScores.ts";

/** Of the plot, in pixels. */
export interface Room {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Dots {
  room: Room;
  /** Samples at the ends of the axis. */
  from: number;
  to: number;
  /** Fewest and most samples. */
  least: number;
  most: number;
  /** Places in the table of the classes that have samples. */
  at: Uint32Array;
  x: Float64Array;
  y: Float64Array;
}

/** Dots at one place stand beside one another, this far apart at the most. */
const STEP = 3.5;
/** Between what has other numbers of samples stays some room. */
const SPREAD = 0.8;

export function xOf({ room, from, to }: Dots, samples: number): number {
  const part = Math.log(samples / from) / Math.log(to / from);
  return room.left + part * room.width;
}

export function yOf({ room }: Pick<Dots, "room">, share: number): number {
  return room.top + (1 - share) * room.height;
}

export function samplesAt({ room, from, to }: Dots, x: number): number {
  return from * (to / from) ** ((x - room.left) / room.width);
}

export function placeDots(scores: ClassScores, room: Room): Dots {
  const { samples, recall } = scores;
  const at = Uint32Array.from(samples.keys()).filter((i) => samples[i]! > 0);
  let [least, most] = [Number.POSITIVE_INFINITY, 1];
  for (const i of at) {
    least = Math.min(least, samples[i]!);
    most = Math.max(most, samples[i]!);
  }
  if (!at.length) least = 1;
  // A margin, and room around a single number.
  const margin = Math.max((most / least) ** 0.04, 1.25);
  const found: Dots = {
    room,
    from: least / margin,
    to: most * margin,
    least,
    most,
    at,
    x: new Float64Array(at.length),
    y: new Float64Array(at.length),
  };
  at.forEach((i, k) => {
    found.x[k] = xOf(found, samples[i]!);
    found.y[k] = yOf(found, recall[i]!);
  });
  standApart(found);
  return found;
}

/** Moves dots of one place sideways, where neighbours leave room. */
function standApart({ x, y, room }: Dots): void {
  const columns = [...new Set(x)].sort((a, b) => a - b);
  let gap = room.width;
  for (let i = 1; i < columns.length; i++) {
    gap = Math.min(gap, columns[i]! - columns[i - 1]!);
  }
  const stacks = new Map<string, number[]>();
  x.forEach((at, k) => {
    const place = `${at} ${Math.round(y[k]!)}`;
    const stack = stacks.get(place);
    if (stack) stack.push(k);
    else stacks.set(place, [k]);
  });
  let tallest = 1;
  for (const { length } of stacks.values()) tallest = Math.max(tallest, length);
  const step = Math.min(STEP, (SPREAD * gap) / tallest);
  for (const stack of stacks.values()) {
    stack.forEach((k, i) => {
      x[k]! += (i - (stack.length - 1) / 2) * step;
    });
  }
}

/** The dot nearest to a point, as an index of the dots; -1 where none is near. */
export function nearestDot(
  { x, y }: Dots,
  px: number,
  py: number,
  radius: number,
): number {
  let [nearest, least] = [-1, radius ** 2];
  for (let k = 0; k < x.length; k++) {
    const distance = (x[k]! - px) ** 2 + (y[k]! - py) ** 2;
    if (distance <= least) [nearest, least] = [k, distance];
  }
  return nearest;
}

/** In pixels, from corner to corner. */
export interface Rectangle {
  x: number;
  y: number;
  toX: number;
  toY: number;
}

const PARTS = 1000;

/** A rectangle in thousandths of the plot, whatever its size. */
export function boxToText({ room }: Dots, by: Rectangle): string {
  const { left, top, width, height } = room;
  return [
    (by.x - left) / width,
    (by.y - top) / height,
    (by.toX - left) / width,
    (by.toY - top) / height,
  ]
    .map((part) => Math.round(PARTS * part))
    .join(" ");
}

/** Null where a text is no rectangle. */
export function boxFromText({ room }: Dots, text: string): Rectangle | null {
  if (!/^-?\d{1,5}( -?\d{1,5}){3}$/.test(text)) return null;
  const [x, y, toX, toY] = text.split(" ").map((part) => Number(part) / PARTS);
  const { left, top, width, height } = room;
  return {
    x: left + x! * width,
    y: top + y! * height,
    toX: left + toX! * width,
    toY: top + toY! * height,
  };
}

/** What the axis names: powers of ten, or finer; else fewest and most. */
export function ticksOf({ from, to, least, most }: Dots): number[] {
  const steps = to / from < 30 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let ten = 1; ten <= to; ten *= 10) {
    for (const step of steps) {
      const tick = step * ten;
      if (tick >= from && tick <= to) found.push(tick);
    }
  }
  return found.length > 1 ? found : [...new Set([least, most])];
}
