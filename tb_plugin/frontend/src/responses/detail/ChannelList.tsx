/** The channels that tell the selected group apart, to where evidence ends. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Channel, ChannelsAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { plural, whole } from "../../ui/format.ts";
import { StrongestSamples } from "./StrongestSamples.tsx";

const ROWS = ["top", "middle", "bottom"];
const COLUMNS = ["left", "centre", "right"];

/** "bottom left" of what the layer was averaged over. */
export function cellInWords(
  cell: Channel["cell"],
  grid: ChannelsAnswer["grid"],
): string {
  if (!cell || !grid) return "";
  const word = (all: string[], at: number, of: number): string =>
    of < 2 ? "" : (all[of === 2 && at === 1 ? 2 : at] ?? "");
  const [row, column] = [
    word(ROWS, cell[0], grid[0]),
    word(COLUMNS, cell[1], grid[1]),
  ];
  return row === "middle" && column === "centre"
    ? "centre"
    : `${row} ${column}`.trim();
}

/** What the evidence amounts to, in a sentence or two. */
export function evidenceInWords(of: ChannelsAnswer): string {
  return foundInWords(of) + comparedInWords(of);
}

/** Whether some classes have no others of about as many samples. */
function comparedInWords({ compared, ...of }: ChannelsAnswer): string {
  const [classes, others] = compared;
  if (classes === of.classes && others === of.others) return "";
  return ` Compared are ${whole(classes)} of its ${plural(of.classes, "class", "classes")} with ${plural(others, "other", "others")} of about as many samples.`;
}

function foundInWords(of: ChannelsAnswer): string {
  const all = plural(of.features, "channel", "channels");
  if (of.is_small) {
    return `Groups of fewer than ${of.least_classes} classes, and those that leave fewer outside, are not tested: of ${all} these differ most.`;
  }
  const alone = `${whole(of.alone)} have p ≤ ${of.rate} alone, ${whole(Math.round(of.expected))} would by chance.`;
  if (!of.found) return `None of ${all} is beyond chance: ${alone}`;
  const shown = of.entries.length;
  const first = shown < of.found ? `, the first ${shown} here` : "";
  return `${whole(of.found)} of ${all} beyond chance${first}. ${alone}`;
}

export function ChannelList(props: {
  tree: Tree;
  of: ChannelsAnswer;
}): JSX.Element {
  const { tree, of } = props;
  /** The channel whose samples are shown, by its place; -1 for none. */
  const [chosen, choose] = useState(0);
  return (
    <>
      <p class="label evidence" data-testid="channel-evidence">
        {evidenceInWords(of)}
      </p>
      {of.entries.length > 0 && (
        <table class="channels" data-testid="channels">
          <thead>
            <tr class="label">
              <th scope="col">channel</th>
              <th scope="col">strongest in</th>
              <th
                scope="col"
                class="number"
                title="how often a class of the group has a higher mean than another class; below 0.5 it speaks against the group"
              >
                AUC
              </th>
            </tr>
          </thead>
          <tbody>
            {of.entries.map((each, at) => (
              <Row
                key={`${each.channel} ${each.cell}`}
                tree={tree}
                answer={of}
                of={each}
                isChosen={at === chosen}
                onChoose={() => choose(at === chosen ? -1 : at)}
              />
            ))}
          </tbody>
        </table>
      )}
      {of.found > 0 && of.found === of.entries.length && (
        <p class="label">The list ends where its evidence does.</p>
      )}
    </>
  );
}

function Row(props: {
  tree: Tree;
  answer: ChannelsAnswer;
  of: Channel;
  isChosen: boolean;
  onChoose: () => void;
}): JSX.Element {
  const { tree, answer, of, isChosen, onChoose } = props;
  const auc = of.auc ?? Number.NaN;
  const strongest = of.strongest.map((label) => {
    const node = tree.leaves[tree.leafOfLabel[label]!]!;
    return { node, name: tree.names[node]! };
  });
  const name = (
    <>
      {of.channel}
      <span class="label"> {cellInWords(of.cell, answer.grid)}</span>
    </>
  );
  const alone = of.p === null ? "" : `p = ${of.p.toPrecision(2)}, `;
  const row = (
    <tr
      title={
        of.q === null
          ? ""
          : `${alone}false discoveries up to here ${of.q.toPrecision(2)}`
      }
    >
      <th scope="row">
        {of.samples ? (
          <button
            type="button"
            class="link"
            aria-expanded={isChosen}
            onClick={onChoose}
          >
            {name}
          </button>
        ) : (
          name
        )}
      </th>
      <td class="names">
        {strongest.map(({ node, name }, at) => (
          <button
            key={node}
            type="button"
            class="link"
            onClick={() => view.select(node)}
          >
            {at ? `, ${name}` : name}
          </button>
        ))}
      </td>
      <td class={auc < 0.5 ? "number label" : "number"}>
        {of.auc?.toFixed(2) ?? "–"}
      </td>
    </tr>
  );
  if (!of.samples || !isChosen) return row;
  return (
    <>
      {row}
      <tr class="samples">
        <td colSpan={3}>
          <StrongestSamples
            tree={tree}
            index={answer.index}
            samples={of.samples}
          />
        </td>
      </tr>
    </>
  );
}
