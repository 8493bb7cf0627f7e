/** Whether the tree is in the layer: how alike the classes of a group are. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Maybe } from "../../layers/data/inWords.ts";
import type {
  ChannelsAnswer,
  ResponsesAnswer,
} from "../../server/responsesAnswer.ts";
import { plural } from "../../ui/format.ts";
import { inWords } from "../data/likeness.ts";

interface Row {
  name: string;
  mean: Maybe;
  band: Maybe;
  isChosen?: boolean;
}

export function LikenessTable(props: {
  tree: Tree;
  of: ResponsesAnswer;
  node: number;
  group: ChannelsAnswer | null | undefined;
}): JSX.Element | null {
  const { tree, of, node, group } = props;
  const [first] = of.levels;
  if (!first) return null;
  const rows: Row[] = [
    ...of.levels.toReversed().map(({ groups, inside, band }) => ({
      name: `same of ${plural(groups, "group", "groups")}`,
      mean: inside,
      band,
    })),
    {
      name: `other of ${plural(first.groups, "group", "groups")}`,
      mean: first.outside,
      band: first.band_outside,
    },
  ];
  if (node && group?.inside != null) {
    rows.unshift({
      name: tree.names[node]!,
      mean: group.inside,
      band: group.band,
      isChosen: true,
    });
  }
  return (
    <section aria-label="Alike">
      <h2>
        Two classes, alike on average <span class="label">correlation</span>
      </h2>
      <table data-testid="alike">
        <thead>
          <tr class="label">
            <th scope="col">of</th>
            <th scope="col" class="number">
              mean
            </th>
            <th scope="col" class="number">
              permuted
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, mean, band, isChosen }) => {
            const isChance = isWithin(mean, of.mean, band);
            return (
              <tr
                key={name}
                class={isChance ? "label" : ""}
                title={isChance ? "within what permuted classes give" : ""}
              >
                <th scope="row" class={isChosen ? "chosen" : ""}>
                  {name}
                </th>
                <td class="number">{inWords(mean ?? Number.NaN) || "–"}</td>
                <td class="number label">
                  {inWords(of.mean ?? Number.NaN, 3)}
                  {band != null && ` ± ${band.toFixed(3)}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function isWithin(mean: Maybe, all: Maybe, band: Maybe): boolean {
  if (mean == null || all == null || band == null) return false;
  return Math.abs(mean - all) <= band;
}
