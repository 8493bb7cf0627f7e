/** What stands at the ends of curves. */

import type { JSX } from "preact";
import { spread } from "../ui/textFitting.ts";
import { END_OF_OTHER, lowestEnd } from "./plot.ts";

export interface LineEnd {
  key: string;
  style: string;
  title?: string;
  /** Pixel of the last value. */
  wanted: number;
  value: string;
  name: string;
  /** The last value of what stands beside. */
  beside?: { value: string; style: string } | undefined;
}

/** Values and names at the ends of the lines, kept apart. */
export function LineEnds(props: {
  left: number;
  ends: readonly LineEnd[];
}): JSX.Element {
  const { left } = props;
  const ends = props.ends.toSorted((a, b) => a.wanted - b.wanted);
  const at = spread(
    ends.map(({ wanted }) => wanted),
    { pitch: 12, low: 12, high: lowestEnd.value },
  );
  return (
    <g class="ends">
      {ends.map(({ key, style, title, wanted, value, name, beside }, i) => (
        <g key={key} class={style}>
          {title && <title>{title}</title>}
          <path d={`M${left + 3} ${wanted}L${left + 12} ${at[i]}`} />
          <text x={left + 38} y={at[i]} dy="0.36em" class="end">
            {value}
          </text>
          {beside && (
            <text
              class={`change ${beside.style}`}
              x={left + 42}
              y={at[i]}
              dy="0.36em"
            >
              → {beside.value}
            </text>
          )}
          <text
            x={left + 45 + (beside ? END_OF_OTHER : 0)}
            y={at[i]}
            dy="0.36em"
          >
            {name}
          </text>
        </g>
      ))}
    </g>
  );
}
