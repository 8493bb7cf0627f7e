/** The legend of a comparison: from fewer to more. */

import type { JSX } from "preact";
import { changeTicks, shadeOfChange } from "../colour/changeScale.ts";
import { headroom, layout, shownCells, showsMinimap } from "../state/all.ts";
import { changeScale } from "../state/comparison/comparedEpoch.ts";
import {
  cornerOf,
  minimapSide,
  px,
  ROOMY_LEFT,
  TOP,
} from "../state/pageLayout.ts";
import { points, signed } from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";

const small = measureAt(11);
const SWATCHES = 17;
const HEAD = 14;
const TALL = 9;
/** How far a number at an end reaches over the ramp. */
const OVER = 8;

/** The ticks that do not touch: 0 and the ends before those between. */
function fitting(
  ticks: number[],
  spanOf: (tick: number) => [number, number],
): number[] {
  const kept: number[] = [];
  const order = [...ticks].sort(
    (a, b) => Number(b === 0) - Number(a === 0) || Math.abs(b) - Math.abs(a),
  );
  for (const tick of order) {
    const [low, high] = spanOf(tick);
    const isFree = kept.every((other) => {
      const [from, to] = spanOf(other);
      return high <= from || low >= to;
    });
    if (isFree) kept.push(tick);
  }
  return kept;
}

export function ChangeLegend(): JSX.Element | null {
  const scale = changeScale.value;
  if (!scale) return null;
  const { matrix, compact, map } = layout.value;
  const beside = showsMinimap.value ? minimapSide(compact) + 14 : 0;
  const isRoomy = matrix.x >= ROOMY_LEFT;
  const left = cornerOf(layout.value) + (beside || (isRoomy ? 62 : 2));
  const top = TOP + 7 + Math.min(headroom.value, 37);
  // As far as the name of an axis, which is level with it.
  const width = isRoomy ? 180 : 84;
  const what = shownCells.value === "errors" ? "errors" : "samples";
  const wide = width / SWATCHES;
  // The ramp is even in shades, so a tick stands where its shade is.
  const x = (change: number): number =>
    (shadeOfChange(scale, change) / (scale.shades.length - 1)) *
      (width - wide) +
    wide / 2;
  const write = (change: number): string => {
    // The grey of what is within chance, where there is room to say so.
    if (!change) return isRoomy ? "chance" : "0";
    if (!scale.isShare) return signed(change);
    const digits = Number.isInteger(Math.round(1e5 * change) / 1e3) ? 0 : 1;
    return `${points(change, digits)}%`;
  };
  // Numbers at the ends may reach over the ramp, and no farther: there is the
  // name of an axis.
  const at = (change: number): number => {
    const least = small(write(change)) / 2 - OVER;
    return Math.min(Math.max(x(change), least), width - least);
  };
  const ticks = fitting(changeTicks(scale), (change) => {
    const half = small(write(change)) / 2 + 2;
    return [at(change) - half, at(change) + half];
  });
  return (
    <svg
      class="legend changes"
      data-testid="change-legend"
      role="img"
      aria-label={`Colours: from fewer to more ${what}`}
      style={px({ left: left - 12, top: top - map.y })}
      width={width + 24}
      height={42}
    >
      <g transform="translate(12 0)">
        <text class="fewer" x={0} y={9}>
          fewer {isRoomy ? what : ""}
        </text>
        <text class="more" x={width} y={9}>
          more {isRoomy ? what : ""}
        </text>
        {Array.from({ length: SWATCHES }, (_, i) => {
          const at = Math.round(
            (i / (SWATCHES - 1)) * (scale.shades.length - 1),
          );
          const [r, g, b] = scale.shades[at]!;
          return (
            <rect
              key={at}
              fill={`rgb(${r} ${g} ${b})`}
              x={i * wide + 0.5}
              y={HEAD}
              width={wide - 1}
              height={TALL}
            />
          );
        })}
        {ticks.map((change) => (
          <text key={change} x={at(change)} y={HEAD + TALL + 13}>
            {write(change)}
          </text>
        ))}
      </g>
    </svg>
  );
}
