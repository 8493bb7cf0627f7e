/** One line that says what is shown, and how. */

import type { JSX } from "preact";
import { px } from "../../state/pageLayout.ts";
import * as view from "../../state/view.ts";
import { lazy } from "../../ui/lazy.ts";
import { fitting, measureAt, SEPARATOR } from "../../ui/textFitting.ts";
import { captionParts } from "./captionParts.ts";
import { hintIsRead } from "./firstMinute.ts";

// Whoever has read it once does not need it again.
const loadHint = lazy(() => import("./Hint.tsx"));

const measure = measureAt(11);

export function Caption(): JSX.Element {
  const { caption, panel } = view.layout.value;
  const parts = captionParts();
  const asked = view.epoch.value && !hintIsRead.value ? loadHint() : null;
  const whole = panel.x - 24;
  const hint = asked?.hintBeside(parts, whole, caption.y);
  const width = whole - (hint?.room ?? 0);
  return (
    <>
      <p
        class="caption"
        data-testid="caption"
        title={parts.map(([text]) => text).join(SEPARATOR)}
        style={px({ top: caption.y, width })}
      >
        {fitting(parts, width, measure).join(SEPARATOR)}
      </p>
      {hint?.line}
    </>
  );
}
