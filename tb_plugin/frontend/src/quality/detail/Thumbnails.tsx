/** Small pictures in a row. */

import type { JSX } from "preact";
import { Picture } from "../../samples/shared/Picture.tsx";

export function Thumbnails(props: {
  samples: readonly number[];
  side: number;
  isCrossed?: (sample: number) => boolean;
}): JSX.Element {
  const { samples, side, isCrossed } = props;
  return (
    <span class="pictures">
      {samples.map((sample) => (
        <span key={sample} class={isCrossed?.(sample) ? "crossed" : ""}>
          <Picture sample={sample} side={side} />
        </span>
      ))}
    </span>
  );
}
