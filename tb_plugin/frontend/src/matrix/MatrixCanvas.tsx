/** The canvas of trees, matrix and side bars: what is drawn there is given. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { face, palette } from "../ui/theme.ts";
import { drawMatrix } from "./canvas/drawMatrix.ts";
import { drawSurround } from "./canvas/drawSurround.ts";
import type { Frame } from "./canvas/frame.ts";
import { boxesOf } from "./canvas/icicle.ts";
import { leastRatio } from "./canvas/pixelRatio.ts";

/** What of a frame the tree, the window and the page decide. */
export type Geometry = Omit<
  Frame,
  | "data"
  | "showsDiagonal"
  | "remainder"
  | "blocks"
  | "zoomedPainter"
  | "bars"
  | "painter"
>;

/** The place of the matrix as it is shown; null while there is none. */
export function currentGeometry(): Geometry | null {
  const tree = view.tree.value;
  const [cut, placed] = [view.cut.value, view.placedCut.value];
  if (!tree || !cut || !placed) return null;
  return {
    tree,
    cut,
    placed,
    layout: view.layout.value,
    palette: palette.value,
    window: view.shownWindow.value,
    axes: view.axes.value,
    selection: view.marked.value,
    boxes: {
      left: boxesOf(tree, view.columns.value),
      top: boxesOf(tree, view.topRows.value),
    },
    ticks: { rows: view.rowLabelNodes.value, columns: view.columnNodes.value },
    outlines: view.outlines.value,
    isCollapsed: view.isCollapsed.value,
    isSecond: false,
  };
}

/** Draws a frame, or one beside it. */
export type DrawFrame = (frame: Frame) => void;

interface Props {
  name: string;
  label: string;
  /** What is to be drawn: again, whenever a signal that it reads changes. */
  frame: () => Frame | null;
  /** Called behind its drawing, with what draws more of it. */
  drawn: (frame: Frame, draw: DrawFrame) => void;
}

function drawOn(
  canvas: HTMLCanvasElement,
  frame: Frame,
  drawn: Props["drawn"],
): void {
  const ratio = Math.max(window.devicePixelRatio || 1, leastRatio.peek());
  const { width, height, y } = frame.layout.map;
  const [across, down] = [
    Math.round(width * ratio),
    Math.round(height * ratio),
  ];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, -y * ratio);
  context?.clearRect(0, y, width, height);
  const draw = (of: Frame): void => {
    if (!context) return;
    drawSurround(context, of);
    drawMatrix(context, of, ratio);
  };
  draw(frame);
  drawn(frame, draw);
}

export function MatrixCanvas({ name, label, ...of }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    let request = 0;
    let next: Frame | null = null;
    const stop = effect(() => {
      leastRatio.value;
      face.value;
      next = of.frame();
      request ||= requestAnimationFrame(() => {
        request = 0;
        if (next && canvas.current) drawOn(canvas.current, next, of.drawn);
      });
    });
    return () => {
      stop();
      cancelAnimationFrame(request);
    };
  }, []);
  const { width, height } = view.pageFrame.value.map;
  return (
    <canvas
      ref={canvas}
      data-testid={name}
      role="img"
      aria-label={label}
      style={px({ width, height })}
    />
  );
}
