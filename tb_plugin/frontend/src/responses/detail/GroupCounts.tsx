/** How many channels tell each group best. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import type { ChannelGroupsAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { percent, plural, whole } from "../../ui/format.ts";
import { shownNodes } from "../data/loadMap.ts";
import { countsByGroup } from "../data/sentence.ts";

/** Rows before the rest is told in a line. */
const MOST = 12;

export function GroupCounts(props: {
  tree: Tree;
  of: ChannelGroupsAnswer;
}): JSX.Element {
  const { tree, of } = props;
  const counts = countsByGroup(of, shownNodes.value);
  const tested = plural(of.tested, "group", "groups");
  if (!counts.length) {
    return (
      <p class="label" data-testid="no-group">
        {of.tested
          ? `No channel tells any of ${tested} beyond chance.`
          : "No group has four classes or more inside and outside: nothing is tested."}{" "}
        Select a group in the tree to see its channels.
      </p>
    );
  }
  return (
    <>
      <table data-testid="channel-groups">
        <thead>
          <tr class="label">
            <th scope="col">group told best</th>
            <th scope="col" class="number">
              channels
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.slice(0, MOST).map(([node, count]) => (
            <tr key={node}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  onClick={() => view.select(node)}
                >
                  {tree.names[node]}
                </button>
              </th>
              <td class="number">{whole(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="label">
        {counts.length > MOST &&
          `And ${plural(counts.length - MOST, "group", "groups")} of fewer. `}
        {`Of ${tested}, ${percent(of.rate, 0)} false discoveries.`}
      </p>
    </>
  );
}
