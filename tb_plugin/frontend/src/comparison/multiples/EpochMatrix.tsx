/** One of the small multiples: an epoch, how right it is, its blocks. */

import { batch, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { errorsBetween, falseNegatives } from "../../confusion/blocks.ts";
import type { Epoch } from "../../confusion/cells.ts";
import type { Groups } from "../../hierarchy/groups.ts";
import { groupAt } from "../../hierarchy/groups.ts";
import {
  placesIn,
  type Selection,
  spansOf,
} from "../../hierarchy/selection.ts";
import {
  classesOf,
  isLeaf,
  placesOf,
  type Tree,
} from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { comparedRun } from "../../state/comparison/comparison.ts";
import { px } from "../../state/pageLayout.ts";
import { percent, whole } from "../../ui/format.ts";
import * as many from "./epochSeries.ts";
import { rasteriseDensities } from "./pooling.ts";

/** Height above the blocks, and room for names left of the first column. */
export const HEAD = 36;
export const LEFT = 36;

/** The block that the pointer is on, in every matrix. */
const pointed = signal<{ rows: number; columns: number } | null>(null);

interface PanelProps {
  tree: Tree;
  multiple: many.Multiple;
  side: number;
  left: number;
  top: number;
  isFirst: boolean;
}

export function EpochMatrix(props: PanelProps): JSX.Element {
  const { tree, multiple, side, left, top, isFirst } = props;
  const { step, epoch } = multiple;
  const isNow = step === view.step.value;
  const come = epoch && typeof epoch !== "string" ? epoch : null;
  return (
    <section
      class={isNow ? "multiple now" : "multiple"}
      data-testid="multiple"
      aria-label={`Epoch ${step}`}
      style={px({ left, top, width: side })}
    >
      <button
        type="button"
        class="link"
        title="Show this epoch alone"
        aria-current={isNow}
        onClick={() => open(step)}
      >
        epoch {step}
      </button>
      <p class="label one-line">
        {come && <Facts tree={tree} epoch={come} side={side} />}
      </p>
      {typeof epoch === "string" ? (
        <p class="notice" role="alert" style={px({ height: side })}>
          {epoch}
        </p>
      ) : (
        <Matrix tree={tree} step={step} side={side} />
      )}
      {isFirst && <RowNames tree={tree} side={side} />}
    </section>
  );
}

function open(step: number): void {
  batch(() => {
    comparedRun.value = "";
    view.goToStep(step);
  });
}

/** Right answers at some levels, or what the pointed block holds. */
function Facts(props: { tree: Tree; epoch: Epoch; side: number }): JSX.Element {
  const { tree, epoch, side } = props;
  if (pointed.value) {
    const { rows, columns } = pointed.value;
    const errors = errorsBetween(tree, epoch, rows, columns);
    return (
      <>
        {rows === columns && !isLeaf(tree, rows)
          ? `within ${tree.names[rows]}`
          : rows === columns
            ? `missed ${tree.names[rows]}`
            : `${tree.names[rows]} → ${tree.names[columns]}`}{" "}
        <b>
          {whole(
            rows === columns && isLeaf(tree, rows)
              ? falseNegatives(epoch.sums, rows)
              : errors,
          )}
        </b>
      </>
    );
  }
  return (
    <>
      {side > 260 ? "accuracy: " : ""}
      {many.headLevels.value.map(({ groups, nodes }, i) => (
        <span key={groups}>
          {side > 190 && i === 0
            ? many.levelInWords(tree, groups)
            : whole(groups)}{" "}
          <b>{percent(many.rightAt(epoch, nodes), 0)}</b>
        </span>
      ))}
    </>
  );
}

function forgetPointer(): void {
  pointed.value = null;
}

function Matrix(props: {
  tree: Tree;
  step: number;
  side: number;
}): JSX.Element {
  const { tree, step, side } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const density = many.drawn.value.get(step);
  const [pools, scale] = [many.pools.value, many.scale.value];
  // What is gone under the pointer does not tell that it has left.
  useLayoutEffect(() => forgetPointer, []);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !density || !pools) return;
    const device = Math.round(side * devicePixelRatio);
    const image = new ImageData(device, device);
    const pixels = new Uint32Array(image.data.buffer);
    rasteriseDensities(pixels, device, density, pools, scale);
    context.canvas.width = device;
    context.canvas.height = device;
    context.putImageData(image, 0, 0);
    if (performance.getEntriesByName("blocks:first-matrix").length === 0) {
      performance.mark("blocks:first-matrix");
    }
  }, [density, pools, scale, side]);
  return (
    <div class="picture" style={px({ width: side, height: side })}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Errors of epoch ${step}`}
        style={px({ width: side, height: side })}
        onPointerMove={(event) => {
          pointed.value = blockAt(event, side);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(event) => {
          const block = blockAt(event, side);
          if (block) view.select(block.rows, block.columns);
        }}
        onDblClick={() => open(step)}
      />
      <Outlines tree={tree} side={side} />
    </div>
  );
}

function blockAt(
  { offsetX, offsetY }: MouseEvent,
  side: number,
): { rows: number; columns: number } | null {
  const cut = view.cut.value;
  if (!cut) return null;
  const perPixel = view.fullWindow().span / side;
  const node = (groups: Groups, pixel: number): number =>
    groups.nodes[groupAt(groups, pixel * perPixel)]!;
  const before = pointed.peek();
  const now = {
    rows: node(cut, offsetY),
    columns: node(cut.columns, offsetX),
  };
  const isSame = before?.rows === now.rows && before.columns === now.columns;
  return isSame ? before : now;
}

/** Groups of the first level, the selection, what is pointed at. */
function Outlines({ tree, side }: { tree: Tree; side: number }): JSX.Element {
  const perPlace = side / view.fullWindow().span;
  const box = (of: Selection) => {
    const spans = spansOf(tree, of);
    const [x, right] = placesIn(tree, spans.columns);
    const [y, bottom] = placesIn(tree, spans.rows);
    const size = (from: number, to: number) =>
      Math.max((to - from) * perPlace, 3);
    return {
      x: x * perPlace,
      y: y * perPlace,
      width: size(x, right),
      height: size(y, bottom),
    };
  };
  const chosen = view.selection.value;
  const isAny = chosen.rows !== 0 || chosen.columns !== 0 || chosen.box;
  const first = tree.levels[0]?.nodes ?? [];
  return (
    <svg width={side} height={side} aria-hidden="true">
      {[...first]
        .filter((node) => classesOf(tree, node) * perPlace >= 4)
        .map((node) => (
          <rect key={node} {...box({ rows: node, columns: node })} />
        ))}
      {isAny && <rect class="chosen" {...box(chosen)} />}
      {pointed.value && <rect class="pointed" {...box(pointed.value)} />}
    </svg>
  );
}

/** The groups of the first level, rotated, where they have room. */
function RowNames({ tree, side }: { tree: Tree; side: number }): JSX.Element {
  const perPlace = side / view.fullWindow().span;
  const first = tree.levels[0]?.nodes ?? [];
  return (
    <svg
      class="rownames"
      style={px({ left: -LEFT, top: HEAD - 2 })}
      width={LEFT}
      height={side}
      aria-hidden="true"
    >
      {[...first].flatMap((node) => {
        const [from, to] = placesOf(tree, node);
        const [low, high] = [from * perPlace, to * perPlace];
        const name = tree.names[node]!;
        if (name.length * 6.4 > high - low) return [];
        const at = `translate(${LEFT - 10} ${(low + high) / 2}) rotate(-90)`;
        return [
          <text key={node} class="centre" transform={at} dy="0.36em">
            {name}
          </text>,
        ];
      })}
    </svg>
  );
}
