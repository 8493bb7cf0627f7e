/** A map of what a layer responds to, or why its place is empty. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { listen } from "../../matrix/gestures/pointer.ts";
import { MatrixCanvas } from "../../matrix/MatrixCanvas.tsx";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { told } from "../data/loadResponses.ts";
import { LayerSlider } from "./LayerSlider.tsx";

interface Props {
  name: string;
  label: string;
  frame: () => Frame | null;
  labels: ComponentChildren;
  /** What stands at the end of the ramp. */
  end: string;
  why: string | null;
  /** What is waited for; "" for nothing. */
  awaited: string;
  children: ComponentChildren;
}

function drawn({ painter }: Frame): void {
  if (painter) performance.mark("blocks:responses");
}

export function ResponsesMap(props: Props): JSX.Element {
  const { labels, end, why, awaited, children, ...canvas } = props;
  const { matrix, map: area } = view.layout.value;
  const map = useRef<HTMLDivElement>(null);
  useEffect(() => listen(map.current!), []);
  return (
    <div
      ref={map}
      class="map responses"
      data-testid="responses"
      style={px({ top: area.y, width: area.width, height: area.height })}
    >
      <MatrixCanvas {...canvas} drawn={drawn} />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the trees in it have names */}
      <svg
        class={view.moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${area.y} ${area.width} ${area.height}`}
        width={area.width}
        height={area.height}
      >
        {labels}
      </svg>
      {children}
      {told.value && <LayerSlider of={told.value} end={end} />}
      {(why || awaited) && (
        <p
          class={why ? "nothing" : "nothing soon"}
          role="status"
          data-testid="no-responses"
          style={px({
            left: matrix.x,
            top: matrix.y - area.y,
            width: matrix.size,
          })}
        >
          {why ?? awaited}
        </p>
      )}
    </div>
  );
}
