/** What fingers, a pen or a mouse are about: presses and moves, no pixels read. */

/** A point of the page, in CSS pixels. */
export interface Pixel {
  x: number;
  y: number;
}

export interface Gesture<Corner> {
  /** Where each pressed pointer was last, by its id. */
  pressed: ReadonlyMap<number, Pixel>;
  /** Whether it is a drag by now, and no click any more. */
  hasMoved: boolean;
  /** Where a rectangle began; null while dragging moves the window. */
  corner: Corner | null;
}

/** What a move does. */
export type Move<Corner> =
  | { kind: "hover" }
  | { kind: "rectangle"; from: Corner; isFirst: boolean }
  | { kind: "pan"; dx: number; dy: number; isFirst: boolean }
  | {
      kind: "pinch";
      /** How much smaller what is shown becomes. */
      factor: number;
      middle: Pixel;
      dx: number;
      dy: number;
      isFirst: boolean;
    };

/** Pixels of movement that make a press a drag. */
const SLACK = 4;

export const IDLE: Gesture<never> = {
  pressed: new Map(),
  hasMoved: false,
  corner: null,
};

/** @param corner where a rectangle begins, null where dragging moves */
export function press<Corner>(
  { pressed }: Gesture<Corner>,
  id: number,
  at: Pixel,
  corner: Corner | null,
): Gesture<Corner> {
  const now = new Map(pressed).set(id, at);
  // A second finger makes it a pinch, whatever the first did.
  return { pressed: now, hasMoved: now.size > 1, corner };
}

/** @returns what comes of it, null while it may still be a click */
export function move<Corner>(
  gesture: Gesture<Corner>,
  id: number,
  now: Pixel,
): { gesture: Gesture<Corner>; move: Move<Corner> | null } {
  const { pressed, hasMoved, corner } = gesture;
  const before = pressed.get(id);
  if (!before) return { gesture, move: { kind: "hover" } };
  const [dx, dy] = [now.x - before.x, now.y - before.y];
  if (!hasMoved && Math.hypot(dx, dy) < SLACK) return { gesture, move: null };
  const isFirst = !hasMoved;
  if (corner && pressed.size === 1) {
    return {
      gesture: { ...gesture, hasMoved: true },
      move: { kind: "rectangle", from: corner, isFirst },
    };
  }
  const moved = {
    ...gesture,
    pressed: new Map(pressed).set(id, now),
    hasMoved: true,
  };
  const other = [...pressed].find(([each]) => each !== id)?.[1];
  if (pressed.size !== 2 || !other) {
    return { gesture: moved, move: { kind: "pan", dx, dy, isFirst } };
  }
  const distance = (at: Pixel): number =>
    Math.hypot(at.x - other.x, at.y - other.y);
  return {
    gesture: moved,
    move: {
      kind: "pinch",
      factor: distance(before) / Math.max(distance(now), 1),
      middle: { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 },
      dx: dx / 2,
      dy: dy / 2,
      isFirst,
    },
  };
}

/** @returns null where that pointer was not pressed here */
export function release<Corner>(
  gesture: Gesture<Corner>,
  id: number,
): { gesture: Gesture<Corner>; isClick: boolean } | null {
  const pressed = new Map(gesture.pressed);
  if (!pressed.delete(id)) return null;
  return { gesture: { ...gesture, pressed }, isClick: !gesture.hasMoved };
}
