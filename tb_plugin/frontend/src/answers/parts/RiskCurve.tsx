/** How often answers are right over how much they say, and the promise on it. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { AnswersAnswer, Worth } from "../../server/answersAnswer.ts";
import { percent } from "../../ui/format.ts";
import { promised, setPromise } from "../data/loadAnswers.ts";
import { atPromise } from "../data/sentence.ts";

const LEFT = 44;
const TOP = 10;
const RIGHT = 12;
const BOTTOM = 34;
const HEIGHT = 250;

const STEPS: Record<string, number> = {
  ArrowUp: 0.01,
  ArrowRight: 0.01,
  PageUp: 0.05,
  End: 1,
  ArrowDown: -0.01,
  ArrowLeft: -0.01,
  PageDown: -0.05,
  Home: -1,
};

type Point = readonly [x: number, y: number];

/** The points of promises that enough samples calibrate. */
function pointsOf(of: Worth<(number | null)[]>): Point[] {
  return of.threshold.flatMap((threshold, k) =>
    threshold === null
      ? []
      : [[of.coverage[k] ?? 0, of.accuracy[k] ?? 0] as const],
  );
}

export function RiskCurve(props: {
  of: AnswersAnswer;
  width: number;
}): JSX.Element {
  const { of, width } = props;
  const area = useRef<SVGSVGElement>(null);
  const { tree, refusing } = of.curve;
  const curves = [pointsOf(tree), pointsOf(refusing)] as const;
  const lowest = Math.min(0.9, ...curves.flat().map(([, y]) => y));
  const floor = Math.floor(lowest * 10) / 10;
  const across = width - LEFT - RIGHT;
  const down = HEIGHT - TOP - BOTTOM;
  const x = (coverage: number): number => LEFT + coverage * across;
  const y = (right: number): number => TOP + ((1 - right) / (1 - floor)) * down;
  const line = (points: readonly Point[]): string =>
    points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
  const now = atPromise(of, promised.value);
  const point: Point = [now.tree.coverage ?? 0, now.tree.accuracy ?? 1];
  const drag = (event: PointerEvent): void => {
    const box = area.current!.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    tree.coverage.forEach((coverage, k) => {
      if (tree.threshold[k] === null) return;
      const [dx, dy] = [
        x(coverage ?? 0) - left,
        y(tree.accuracy[k] ?? 0) - top,
      ];
      const distance = dx * dx + dy * dy;
      if (distance <= least) [best, least] = [k, distance];
    });
    setPromise(of.curve.promise[best]!);
  };
  const ticks = [floor, (1 + floor) / 2, 1];
  return (
    <div class="risk" style={{ width: `${width}px`, height: `${HEIGHT}px` }}>
      <svg
        ref={area}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label="Answers that are right, over how much they say: with groups, and without"
      >
        {ticks.map((right) => (
          <g key={right}>
            <path class="grid" d={`M${LEFT} ${y(right)}h${across}`} />
            <text class="tick" x={LEFT - 6} y={y(right) + 4} text-anchor="end">
              {percent(right, 0)}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map((coverage) => (
          <text
            key={coverage}
            class="tick"
            x={x(coverage)}
            y={TOP + down + 15}
            text-anchor={["start", "middle", "end"][2 * coverage]}
          >
            {["nothing said", "half", "the class"][2 * coverage]}
          </text>
        ))}
        <polyline class="refusing" points={line(curves[1])} />
        <polyline class="tree" points={line(curves[0])} />
      </svg>
      <div
        class="promise"
        role="slider"
        tabIndex={0}
        data-testid="promise"
        title="Drag: the accuracy that is promised"
        aria-label="promised accuracy"
        aria-valuemin={50}
        aria-valuemax={99}
        aria-valuenow={Math.round(100 * now.promise)}
        aria-valuetext={percent(now.promise, 0)}
        style={{ left: `${x(point[0])}px`, top: `${y(point[1])}px` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId))
            drag(event);
        }}
        onKeyDown={(event) => {
          const by = STEPS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          setPromise(promised.value + by);
        }}
      />
      <p class="label key">
        <i class="tree" /> with groups <i class="refusing" /> without
      </p>
    </div>
  );
}
