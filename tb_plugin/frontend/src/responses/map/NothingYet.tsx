/** Why the place of the matrix is empty, or what it waits for. */

import type { JSX } from "preact";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";

export function NothingYet(props: {
  why: string | null;
  awaited: string;
}): JSX.Element {
  const { matrix, map } = view.layout.value;
  return (
    <p
      class={props.why ? "nothing" : "nothing soon"}
      role="status"
      data-testid="no-responses"
      style={px({
        left: matrix.x,
        top: matrix.y - map.y,
        width: matrix.size,
      })}
    >
      {props.why ?? props.awaited}
    </p>
  );
}
