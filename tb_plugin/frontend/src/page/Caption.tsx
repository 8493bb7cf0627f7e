/** One line that says what is shown, and how. */

import type { JSX } from "preact";
import { px } from "../state/pageLayout.ts";
import * as view from "../state/view.ts";
import { fitting, measureAt, SEPARATOR } from "../ui/textFitting.ts";
import { captionParts } from "./captionParts.ts";

const measure = measureAt(11);

export function Caption(): JSX.Element {
  const { caption, panel } = view.layout.value;
  const parts = captionParts();
  const width = panel.x - 24;
  return (
    <p
      class="caption"
      data-testid="caption"
      title={parts.map(([text]) => text).join(SEPARATOR)}
      style={px({ top: caption.y, width })}
    >
      {fitting(parts, width, measure).join(SEPARATOR)}
    </p>
  );
}
