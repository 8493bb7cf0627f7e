/** True groups over the nodes that answer, which may be groups above them. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Tree } from "../../hierarchy/tree.ts";
import { greysOf } from "../../layers/data/greys.ts";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";
import { rampAt } from "../../ui/colours.ts";
import { whole } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";
import { type Grid, gridOf } from "../data/grid.ts";
import { nodeOf } from "../data/loadAnswers.ts";

/** Larger cells say no more. */
const LARGEST = 22;

function draw(
  canvas: HTMLCanvasElement,
  { cells, most }: Grid,
  cell: number,
): void {
  const context = canvas.getContext("2d")!;
  const scale = window.devicePixelRatio;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const gap = cell > 6 ? 1 : 0;
  const size = Math.max(cell - gap, 1.5);
  for (const { row, column, count, isRight } of cells) {
    const strength = Math.log1p(count) / Math.log1p(most);
    const shades = isRight ? greysOf(palette.value) : palette.value.counts;
    context.fillStyle = `rgb(${rampAt(shades, strength)})`;
    context.fillRect(column * cell, row * cell, size, size);
  }
}

export function AnswerMatrix(props: {
  tree: Tree;
  of: AnswersAnswer;
  width: number;
  height: number;
}): JSX.Element {
  const { tree, of, width, height } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState("");
  const grid = gridOf(tree, of, nodeOf.value);
  const { rows, columns } = grid;
  const cell = Math.min(
    LARGEST,
    width / Math.max(columns.length, 1),
    height / Math.max(rows.length, 1),
  );
  const [across, down] = [cell * columns.length, cell * rows.length];
  const scale = window.devicePixelRatio;
  const shades = palette.value;
  useLayoutEffect(() => {
    draw(canvas.current!, grid, cell);
  }, [of, cell, shades, scale]);
  const name = (node: number): string =>
    node === 0 ? "nothing" : tree.names[node]!;
  const tell = (event: MouseEvent): void => {
    const [row, column] = [
      rows[Math.floor(event.offsetY / cell)],
      columns[Math.floor(event.offsetX / cell)],
    ];
    if (row === undefined || column === undefined) {
      setTold("");
      return;
    }
    const at = grid.cells.find(
      (each) => rows[each.row] === row && columns[each.column] === column,
    );
    setTold(
      `${name(row)} answered by ${name(column)}: ${whole(at?.count ?? 0)}`,
    );
  };
  const above = columns.length - rows.length;
  const kind = rows.length === tree.leaves.length ? "classes" : "groups";
  const first =
    `${whole(rows.length)} true ${kind}, answered by the same ${kind}` +
    (above > 1 ? `, by ${whole(above - 1)} larger groups` : "") +
    " and by nothing (last column)";
  return (
    <section
      class="answer-matrix"
      aria-label="Which group is answered by which"
    >
      <h2>
        Which is answered by which <span class="label">blue: wrong</span>
      </h2>
      <canvas
        ref={canvas}
        role="img"
        aria-label={first}
        data-testid="answer-matrix"
        width={Math.round(across * scale)}
        height={Math.round(down * scale)}
        style={{ width: `${across}px`, height: `${down}px` }}
        onMouseMove={tell}
        onMouseLeave={() => setTold("")}
      />
      <p class="label">{told || first}</p>
    </section>
  );
}
