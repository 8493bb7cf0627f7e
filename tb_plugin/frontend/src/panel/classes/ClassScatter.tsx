/** Recall against samples, a dot a class; a dragged rectangle lists its classes. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { contains, isLeaf, type Tree } from "../../hierarchy/tree.ts";
import { isRestoring } from "../../loading/restoreLink.ts";
import { leastRatio } from "../../matrix/canvas/pixelRatio.ts";
import * as view from "../../state/all.ts";
import { classBox } from "../../state/confusionListSort.ts";
import type { Palette } from "../../ui/colours.ts";
import { percent, percentWithin, plural, whole } from "../../ui/format.ts";
import { FONT, palette } from "../../ui/theme.ts";
import { goToClass } from "../listedPairs.ts";
import { binomialBand } from "./binomialBand.ts";
import type { ClassScores } from "./classScores.ts";
import {
  boxFromText,
  boxToText,
  type Dots,
  nearestDot,
  placeDots,
  type Rectangle,
  samplesAt,
  ticksOf,
  xOf,
  yOf,
} from "./dots.ts";
import { brush, brushed, clearBrush, listedGroup } from "./listedClasses.ts";
import { trendInWords } from "./rankCorrelation.ts";

/** Of the whole, and where the panel is low. */
const [HEIGHT, LOW_HEIGHT] = [200, 130];
const LOW_PAGE = 720;
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 6, 6, 18];
const RADIUS = 2;
const CATCH = 8;
/** Below this a drag is a click. */
const LEAST_DRAG = 4;

interface Props {
  tree: Tree;
  of: ClassScores;
}

export function ClassScatter({ tree, of }: Props): JSX.Element {
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<Rectangle | null>(null);
  const width = view.pageFrame.value.panel.width - 32;
  const height = view.pageSize.value.height < LOW_PAGE ? LOW_HEIGHT : HEIGHT;
  const colours = palette.value;
  const dots = useMemo(
    () =>
      placeDots(of, {
        left: LEFT,
        top: TOP,
        width: width - LEFT - RIGHT,
        height: height - TOP - BOTTOM,
      }),
    [of, width, height],
  );
  const whole = useMemo(() => recallOfAll(of), [of]);
  const trend = useMemo(() => trendInWords(of), [of]);
  useLayoutEffect(() => {
    const paper = begin(base.current!, width, height);
    if (!paper) return;
    drawChance(paper, dots, whole, colours);
    drawAxes(paper, dots, colours);
    drawDots(paper, dots, colours.muted, 0.55);
  }, [dots, whole, colours, leastRatio.value]);
  const pointed = view.hover.value?.rows ?? -1;
  const chosen = view.selection.value;
  useLayoutEffect(() => {
    const paper = begin(over.current!, width, height);
    if (!paper) return;
    const wanted = brushed.value;
    if (wanted) {
      drawDots(paper, dots, colours.ink, 1, (k) =>
        wanted.nodes.has(of.nodes[dots.at[k]!]!),
      );
    }
    const mark = (node: number, radius: number): void =>
      drawDots(
        paper,
        dots,
        colours.accent,
        1,
        (k) => contains(tree, node, of.nodes[dots.at[k]!]!),
        radius,
      );
    const isPart = chosen.rows === chosen.columns && chosen.rows > 0;
    if (isPart && chosen.rows !== listedGroup.value) mark(chosen.rows, 3.5);
    if (pointed > 0 && pointed !== listedGroup.value) mark(pointed, 3);
    if (drag) drawRectangle(paper, drag, colours);
  });

  const placeOf = (
    event: PointerEvent & { currentTarget: Element },
  ): [x: number, y: number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const nodeNear = (x: number, y: number): number => {
    const k = nearestDot(dots, x, y, CATCH);
    return k < 0 ? -1 : of.nodes[dots.at[k]!]!;
  };
  const point = (node: number): void => {
    view.hover.value =
      node < 0
        ? null
        : { rows: node, columns: null, x: Number.NaN, y: Number.NaN };
  };
  const select = (by: Rectangle): void => {
    const nodes = new Set<number>();
    dots.at.forEach((at, k) => {
      if (isIn(by, dots.x[k]!, dots.y[k]!)) nodes.add(of.nodes[at]!);
    });
    const text = boxToText(dots, by);
    batch(() => {
      brush.value = { tree, group: listedGroup.value, nodes, text };
      classBox.value = text;
    });
  };
  const [text, drawn] = [classBox.value, brushed.value];
  // A link's group comes later than its rectangle.
  const isEarly = isRestoring();
  // That of a link, or of another order; not that of the group before.
  useLayoutEffect(() => {
    if (drawn || isEarly) return;
    const before = brush.value;
    const isLeft = before?.tree === tree && before.text === text;
    const box = isLeft ? null : boxFromText(dots, text);
    if (box) select(box);
    else clearBrush();
  });
  return (
    <div class="scatter">
      <p class="label one-line" data-testid="scatter-says">
        {describe(tree, of, pointed) ?? (
          <span
            title={
              "ρ: Spearman's rank correlation of samples and recall, with " +
              "its 95 % interval. In the band lie 95 % of classes, were " +
              `each right ${percent(whole)} of the time as all ` +
              "are together (binomial, exact)"
            }
          >
            {trend}
          </span>
        )}
      </p>
      <div
        class="dots"
        style={{ height: `${height}px` }}
        onPointerDown={(event) => {
          if (event.button) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const [x, y] = placeOf(event);
          setDrag({ x, y, toX: x, toY: y });
        }}
        onPointerMove={(event) => {
          const [x, y] = placeOf(event);
          if (!drag) {
            point(nodeNear(x, y));
            return;
          }
          const next = { ...drag, toX: x, toY: y };
          setDrag(next);
          if (isDragged(next)) select(next);
        }}
        onPointerUp={(event) => {
          setDrag(null);
          if (!drag || isDragged(drag)) return;
          const node = nodeNear(...placeOf(event));
          if (node < 0) clearBrush();
          else goToClass(node);
        }}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => point(-1)}
      >
        <canvas
          ref={base}
          role="img"
          data-testid="scatter"
          aria-label={
            `Recall by samples of ${plural(dots.at.length, "class", "classes")}` +
            "; the table below has the same"
          }
        />
        <canvas ref={over} />
      </div>
    </div>
  );
}

/** What the pointer is at, where that is a class of the table. */
function describe(tree: Tree, of: ClassScores, node: number): string | null {
  if (node <= 0 || !isLeaf(tree, node)) return null;
  const at = of.nodes.indexOf(node);
  if (at < 0 || !of.samples[at]) return null;
  const within = { low: of.low[at]!, high: of.high[at]! };
  const share = percentWithin(of.recall[at]!, within);
  const samples = plural(of.samples[at]!, "sample", "samples");
  return `${tree.names[node]}: ${samples}, ${share}`;
}

/** The share of all samples that are right. */
function recallOfAll({ samples, recall }: ClassScores): number {
  let [right, all] = [0, 0];
  samples.forEach((count, at) => {
    if (!count) return;
    right += count * recall[at]!;
    all += count;
  });
  return all ? right / all : 0;
}

function isDragged({ x, y, toX, toY }: Rectangle): boolean {
  return Math.max(Math.abs(toX - x), Math.abs(toY - y)) >= LEAST_DRAG;
}

function isIn(by: Rectangle, x: number, y: number): boolean {
  return (
    x >= Math.min(by.x, by.toX) &&
    x <= Math.max(by.x, by.toX) &&
    y >= Math.min(by.y, by.toY) &&
    y <= Math.max(by.y, by.toY)
  );
}

/** An empty canvas at the pixels of the device. */
function begin(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = Math.max(devicePixelRatio, leastRatio.value);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const paper = canvas.getContext("2d");
  paper?.scale(ratio, ratio);
  return paper;
}

function drawChance(
  paper: CanvasRenderingContext2D,
  dots: Dots,
  recall: number,
  colours: Palette,
): void {
  const { room } = dots;
  const right = room.left + room.width;
  const edges: { x: number; low: number; high: number }[] = [];
  for (let x = room.left; x <= right; x++) {
    const samples = Math.max(1, Math.round(samplesAt(dots, x)));
    edges.push({ x, ...binomialBand(samples, recall) });
  }
  paper.fillStyle = colours.fillFirst;
  paper.beginPath();
  for (const { x, high } of edges) paper.lineTo(x, yOf(dots, high));
  for (const { x, low } of edges.reverse()) paper.lineTo(x, yOf(dots, low));
  paper.fill();
  paper.fillStyle = colours.strong;
  paper.fillRect(room.left, Math.round(yOf(dots, recall)), room.width, 1);
}

function drawAxes(
  paper: CanvasRenderingContext2D,
  dots: Dots,
  colours: Palette,
): void {
  const { room } = dots;
  paper.font = `11px ${FONT}`;
  paper.textBaseline = "middle";
  for (const share of [0, 0.5, 1]) {
    const y = Math.round(yOf(dots, share));
    paper.fillStyle = colours.hairline;
    paper.fillRect(room.left, y, room.width, 1);
    paper.fillStyle = colours.muted;
    paper.textAlign = "right";
    paper.fillText(percent(share, 0), room.left - 4, y);
  }
  paper.textBaseline = "alphabetic";
  paper.textAlign = "center";
  const base = room.top + room.height;
  for (const tick of ticksOf(dots)) {
    const x = Math.round(xOf(dots, tick));
    paper.fillStyle = colours.strong;
    paper.fillRect(x, base, 1, 4);
    paper.fillStyle = colours.muted;
    const text = whole(tick);
    const half = paper.measureText(text).width / 2;
    paper.fillText(text, Math.min(x, room.left + room.width - half), base + 15);
  }
}

function drawDots(
  paper: CanvasRenderingContext2D,
  { x, y }: Dots,
  colour: string,
  opacity: number,
  isShown: (k: number) => boolean = () => true,
  radius = RADIUS,
): void {
  paper.fillStyle = colour;
  paper.globalAlpha = opacity;
  for (let k = 0; k < x.length; k++) {
    if (!isShown(k)) continue;
    // Each of its own: where many lie it is denser.
    paper.beginPath();
    paper.arc(x[k]!, y[k]!, radius, 0, 2 * Math.PI);
    paper.fill();
  }
  paper.globalAlpha = 1;
}

function drawRectangle(
  paper: CanvasRenderingContext2D,
  { x, y, toX, toY }: Rectangle,
  { accent, bandTint }: Palette,
): void {
  paper.fillStyle = accent;
  paper.globalAlpha = bandTint;
  paper.fillRect(x, y, toX - x, toY - y);
  paper.globalAlpha = 1;
  paper.strokeStyle = accent;
  paper.strokeRect(x, y, toX - x, toY - y);
}
