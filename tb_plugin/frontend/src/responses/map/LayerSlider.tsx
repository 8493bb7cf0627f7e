/** Above the tree: which layer, and what its greys stand for. */

import type { JSX } from "preact";
import { css, densityAt } from "../../layers/data/greys.ts";
import type { ToldLayer } from "../../server/responsesAnswer.ts";
import { px } from "../../state/pageLayout.ts";
import { layer } from "../../state/tabs.ts";
import * as view from "../../state/view.ts";
import { isolated } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";
import { MOST } from "./drawLikeness.ts";

export function LayerSlider({
  of,
}: {
  of: ToldLayer & { shape?: string };
}): JSX.Element {
  const { columns, matrix, rowLabels } = view.layout.value;
  const at = of.layers.findIndex(({ key }) => key === of.layer);
  const shades = Array.from({ length: 9 }, (_, k) =>
    css(densityAt(palette.value, k / 8)),
  );
  const left = columns[0];
  return (
    <div
      class="layer-slider"
      style={px({
        left,
        top: 4,
        width: Math.min(matrix.x - 20 - left, rowLabels ? 240 : 300),
      })}
    >
      <p>
        <b data-testid="response-layer">{of.name}</b>{" "}
        <span class="label">{of.shape}</span>
      </p>
      <input
        type="range"
        aria-label="layer"
        aria-valuetext={isolated(of.name)}
        data-testid="layer-slider"
        min={0}
        max={of.layers.length - 1}
        disabled={of.layers.length < 2}
        value={at}
        onInput={({ currentTarget }) => {
          layer.value = of.layers[Number(currentTarget.value)]!.name;
        }}
      />
      <p class="label ramp">
        0
        <i style={{ background: `linear-gradient(90deg, ${shades})` }} />
        {MOST} alike
      </p>
    </div>
  );
}
