import { expect, test } from "vitest";
import {
  type Gesture,
  IDLE,
  move,
  press,
  release,
} from "../../src/matrix/gestures/gesture.ts";

const at = (x: number, y: number) => ({ x, y });
const idle: Gesture<string> = IDLE;

test("a pointer that is not pressed hovers", () => {
  expect(move(idle, 1, at(3, 4)).move).toEqual({ kind: "hover" });
  expect(release(idle, 1)).toBeNull();
});

test("a press that hardly moves is a click", () => {
  const down = press(idle, 1, at(10, 10), null);
  // 2.8 pixels away, and 4.2.
  const near = move(down, 1, at(12, 12));
  expect(near.move).toBeNull();
  expect(release(near.gesture, 1)?.isClick).toBe(true);
  const far = move(near.gesture, 1, at(13, 13));
  expect(far.move).toEqual({ kind: "pan", dx: 3, dy: 3, isFirst: true });
  expect(release(far.gesture, 1)?.isClick).toBe(false);
});

test("a drag moves by what the pointer has moved since the last time", () => {
  const down = press(idle, 1, at(0, 0), null);
  const first = move(down, 1, at(10, 0));
  const second = move(first.gesture, 1, at(11, 5));
  expect(second.move).toEqual({ kind: "pan", dx: 1, dy: 5, isFirst: false });
});

test("over the matrix a drag stretches a rectangle from its corner", () => {
  const down = press(idle, 1, at(0, 0), "corner");
  const first = move(down, 1, at(10, 0));
  expect(first.move).toEqual({
    kind: "rectangle",
    from: "corner",
    isFirst: true,
  });
  const second = move(first.gesture, 1, at(20, 9));
  expect(second.move).toMatchObject({ from: "corner", isFirst: false });
});

test("two fingers pinch about their middle, and never click", () => {
  let gesture = press(idle, 1, at(0, 0), "corner");
  gesture = press(gesture, 2, at(100, 0), null);
  // From 100 pixels apart to 200: half as much is shown.
  const apart = move(gesture, 2, at(200, 0));
  expect(apart.move).toEqual({
    kind: "pinch",
    factor: 0.5,
    middle: at(100, 0),
    dx: 50,
    dy: 0,
    isFirst: false,
  });
  const lifted = release(apart.gesture, 2)!;
  expect(lifted.isClick).toBe(false);
  expect(lifted.gesture.pressed.size).toBe(1);
});
