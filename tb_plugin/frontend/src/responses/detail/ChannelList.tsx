/** The channels that tell the selected group apart, to where evidence ends. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Channel, ChannelsAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { plural, whole } from "../../ui/format.ts";
import { cellInWords } from "../data/cellInWords.ts";
import { chosenFeature, pointedFeature } from "../data/loadMap.ts";

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
            {of.entries.map((each) => (
              <Row key={each.feature} tree={tree} answer={of} of={each} />
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
}): JSX.Element {
  const { tree, answer, of } = props;
  const { feature } = of;
  const isChosen = feature === chosenFeature.value;
  const auc = of.auc ?? Number.NaN;
  const alone = of.p === null ? "" : `p = ${of.p.toPrecision(2)}, `;
  return (
    <tr
      title={
        of.q === null
          ? ""
          : `${alone}false discoveries up to here ${of.q.toPrecision(2)}`
      }
      onPointerEnter={() => {
        pointedFeature.value = feature;
      }}
      onPointerLeave={() => {
        pointedFeature.value = -1;
      }}
    >
      <th scope="row">
        <button
          type="button"
          class={isChosen ? "link chosen" : "link"}
          aria-pressed={isChosen}
          onClick={() => {
            chosenFeature.value = isChosen ? -1 : feature;
          }}
        >
          {of.channel}
          <span class="label"> {cellInWords(of.cell, answer.grid)}</span>
        </button>
      </th>
      <td class="names">
        <ClassLinks tree={tree} labels={of.strongest} />
      </td>
      <td class={auc < 0.5 ? "number label" : "number"}>
        {of.auc?.toFixed(2) ?? "–"}
      </td>
    </tr>
  );
}

/** Classes by label, each of which can be selected. */
export function ClassLinks(props: {
  tree: Tree;
  labels: readonly number[];
}): JSX.Element {
  const { tree, labels } = props;
  return (
    <>
      {labels.map((label, at) => {
        const node = tree.leaves[tree.leafOfLabel[label]!]!;
        const name = tree.names[node]!;
        return (
          <button
            key={node}
            type="button"
            class="link"
            onClick={() => view.select(node)}
          >
            {at ? `, ${name}` : name}
          </button>
        );
      })}
    </>
  );
}
