/** Which layer is shown, and as what, above the tree. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { densityOf } from "../../layers/data/greys.ts";
import type { ToldLayer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { cornerOf, px, ROOMY_LEFT } from "../../state/pageLayout.ts";
import { layer } from "../../state/tabs.ts";
import { isolated } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";

/** Whether columns are classes, alike or not, in place of channels. */
export const showsLikeness = signal(false);

export function LayerSlider(props: {
  of: ToldLayer & { shape?: string };
  /** What stands at the end of the ramp. */
  end: string;
}): JSX.Element {
  const { of, end } = props;
  const { matrix } = view.layout.value;
  const at = of.layers?.findIndex(({ key }) => key === of.layer) ?? 0;
  const shades = densityOf(palette.value);
  const left = cornerOf(view.layout.value);
  const other = showsLikeness.value ? "channels" : "classes alike";
  return (
    <div
      class="layer-slider"
      style={px({
        left,
        top: 4,
        width: Math.min(
          matrix.x - 20 - left,
          matrix.x < ROOMY_LEFT ? 300 : 240,
        ),
      })}
    >
      <p class="one-line">
        <b data-testid="response-layer">{of.name}</b>{" "}
        <span class="label">{of.shape}</span>
        <button
          type="button"
          class="link"
          data-testid="other-map"
          title={`Show ${other}`}
          onClick={() => {
            showsLikeness.value = !showsLikeness.value;
          }}
        >
          {other}
        </button>
      </p>
      <input
        type="range"
        aria-label="layer"
        aria-valuetext={isolated(of.name)}
        data-testid="layer-slider"
        min={0}
        max={(of.layers?.length ?? 1) - 1}
        disabled={(of.layers?.length ?? 1) < 2}
        value={at}
        onInput={({ currentTarget }) => {
          layer.value = of.layers[Number(currentTarget.value)]!.name;
        }}
      />
      <p class="label ramp one-line">
        0
        <i style={{ background: `linear-gradient(90deg, ${shades})` }} />
        {end}
      </p>
    </div>
  );
}
