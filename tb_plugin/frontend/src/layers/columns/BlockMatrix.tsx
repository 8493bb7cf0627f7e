import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { classesOf, placesOf, type Tree } from "../../hierarchy/tree.ts";
import { leastRatio } from "../../matrix/canvas/pixelRatio.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { palette } from "../../ui/theme.ts";
import type { Colour } from "../data/drawnProbes.ts";

/** Which kind of matrix: all of one kind are pointed at together. */
export type Kind = "probe" | "moved";

interface Block {
  kind: Kind;
  row: number;
  column: number;
}

export const pointedBlock = signal<Block | null>(null);

/** Side from which on the groups of two levels are outlined. */
const LARGE = 150;

interface Props {
  kind: Kind;
  tree: Tree;
  /** [G + 1] first place of each group. */
  edge: Float64Array;
  side: number;
  /** Changes when anything but the side does. */
  about: unknown;
  colour: Colour;
  label: string;
}

export function BlockMatrix(props: Props): JSX.Element {
  const { kind, tree, edge, side, about, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = palette.value;
  const ratio = Math.max(window.devicePixelRatio || 1, leastRatio.value);
  // `about` stands for the rest.
  useEffect(() => {
    draw(canvas.current, props, Math.round(side * ratio));
  }, [about, side, ratio, colours]);
  const perPlace = side / edge.at(-1)!;
  const point = ({ offsetX, offsetY }: PointerEvent): void => {
    const at = (offset: number): number => {
      const after = edge.findIndex((place) => place * perPlace > offset);
      return Math.max(after, 1) - 1;
    };
    pointedBlock.value = { kind, row: at(offsetY), column: at(offsetX) };
  };
  const now = pointedBlock.value;
  const isPointed = now?.kind === kind && now.row < edge.length - 1;
  return (
    <div class="block-matrix" style={px({ width: side, height: side })}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        style={px({ width: side, height: side })}
        onPointerMove={point}
        onPointerLeave={() => {
          pointedBlock.value = null;
        }}
      />
      <Selected tree={tree} perPlace={perPlace} />
      {isPointed && (
        <i class="pointed" style={boxOf(edge, perPlace, now.row, now.column)} />
      )}
    </div>
  );
}

function boxOf(
  edge: Float64Array,
  perPlace: number,
  row: number,
  column: number,
): Record<string, string> {
  const size = (at: number): number => (edge[at + 1]! - edge[at]!) * perPlace;
  return px({
    left: edge[column]! * perPlace,
    top: edge[row]! * perPlace,
    width: size(column),
    height: size(row),
  });
}

/** Where the selection lies, in a matrix of the same tree. */
function Selected(props: { tree: Tree; perPlace: number }): JSX.Element | null {
  const { tree, perPlace } = props;
  const { rows, columns } = view.selection.value;
  if (view.tree.value !== tree || (rows === 0 && columns === 0)) return null;
  const [top, bottom] = placesOf(tree, rows);
  const [left, right] = placesOf(tree, columns);
  return (
    <i
      class="selected"
      style={px({
        left: left * perPlace,
        top: top * perPlace,
        width: (right - left) * perPlace,
        height: (bottom - top) * perPlace,
      })}
    />
  );
}

function draw(
  canvas: HTMLCanvasElement | null,
  { tree, edge, side, colour }: Props,
  pixels: number,
): void {
  if (!canvas) return;
  canvas.width = pixels;
  canvas.height = pixels;
  const context = canvas.getContext("2d");
  if (!context) return;
  const perPlace = pixels / edge.at(-1)!;
  const at = Array.from(edge, (place) => Math.round(place * perPlace));
  const image = new ImageData(pixels, pixels);
  const colours = new Uint32Array(image.data.buffer);
  // What has no pixel of its own is drawn over by what follows.
  for (let row = 0; row < at.length - 1; row++) {
    const [top, bottom] = [at[row]! * pixels, at[row + 1]! * pixels];
    for (let column = 0; column < at.length - 1; column++) {
      const left = top + at[column]!;
      colours.fill(colour(row, column), left, top + at[column + 1]!);
    }
    // A row is the same at all of its pixels.
    for (let from = top + pixels; from < bottom; from += pixels) {
      colours.copyWithin(from, top, top + pixels);
    }
  }
  context.putImageData(image, 0, 0);
  context.strokeStyle = palette.peek().muted;
  tree.levels
    .slice(0, -1)
    .slice(0, side < LARGE ? 1 : 2)
    .forEach(({ nodes }, level) => {
      context.lineWidth = (level ? 0.5 : 1) * (pixels / 126) ** 0.25;
      context.globalAlpha = level ? 0.7 : 1;
      for (const node of nodes) {
        const from = placesOf(tree, node)[0] * perPlace;
        const size = classesOf(tree, node) * perPlace;
        context.strokeRect(from, from, size, size);
      }
    });
}
