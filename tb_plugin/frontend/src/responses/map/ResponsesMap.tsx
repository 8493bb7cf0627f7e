/** A map of what a layer responds to, or why its place is empty. */

import type { ComponentChildren, JSX } from "preact";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { MatrixMap } from "../../matrix/MatrixMap.tsx";
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
  const { end, why, awaited, children, ...map } = props;
  const { matrix, map: area } = view.layout.value;
  return (
    <MatrixMap
      {...map}
      area={view.pageFrame.value.map}
      kind="responses"
      drawn={drawn}
    >
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
    </MatrixMap>
  );
}
