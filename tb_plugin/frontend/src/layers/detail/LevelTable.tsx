/** How right a layer is at every level, beside the untrained control. */

import type { JSX } from "preact";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { inPercent } from "../../ui/format.ts";
import { inspectedLevel } from "../data/chosenLayer.ts";
import { bestOf, levelName, type Maybe } from "../data/inWords.ts";

export function LevelTable(props: {
  of: LayersRecord;
  at: number;
}): JSX.Element {
  const { of, at } = props;
  const [right, recall] = [bestOf(of.control_right), bestOf(of.control_recall)];
  const hasControl = of.controls > 0;
  return (
    <table class="levels-of-layer" data-testid="layer-levels">
      <thead>
        <tr class="label">
          <th scope="col">percent</th>
          <th scope="col">right</th>
          {hasControl && <th scope="col">untr.</th>}
          <th scope="col">mean recall</th>
          {hasControl && <th scope="col">untr.</th>}
        </tr>
      </thead>
      <tbody>
        {of.groups.map((groups, level) => (
          <tr
            key={groups}
            class={level === inspectedLevel.value ? "chosen" : ""}
          >
            <th scope="row">{levelName(of, level)}</th>
            <Share of={of.right[at]![level]} se={of.right_se[at]![level]} />
            {hasControl && (
              <td class="number label">{inPercent(right[level])}</td>
            )}
            <Share of={of.recall[at]![level]} se={of.recall_se[at]![level]} />
            {hasControl && (
              <td class="number label">{inPercent(recall[level])}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** 43.7 ± 0.7; where there is little room, without how far it is believed. */
function Share({ of, se }: { of: Maybe; se: Maybe }): JSX.Element {
  return (
    <td class="number">
      {inPercent(of)}
      {se != null && <span class="se"> ± {inPercent(se)}</span>}
    </td>
  );
}
