/** The counts of a group: its block, its bands, what follows. */

import type { JSX } from "preact";
import { comparisonView } from "../comparison/lazyComparison.ts";
import { falseNegatives, falsePositives } from "../confusion/blocks.ts";
import { f1, precision, recall } from "../confusion/cells.ts";
import {
  type Interval,
  precisionInterval,
  recallInterval,
} from "../confusion/interval.ts";
import { isLeaf, type Tree } from "../hierarchy/tree.ts";
import { isWeak } from "../hierarchy/weakGroups.ts";
import * as view from "../state/all.ts";
import { isGroupWithinChance } from "../state/comparison/evidence.ts";
import { changeOfNode } from "../state/comparison/nodeChanges.ts";
import { precisionWithinChance } from "../state/comparison/precisionChance.ts";
import { runCount, spreadOfNode } from "../state/seeds/runSpread.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import {
  percent,
  percentRange,
  percentWithin,
  plural,
  plusMinus,
  whole,
} from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";
import type { GroupProps } from "./groupProps.ts";
import { SelectionKey } from "./SelectionKey.tsx";

export function GroupFigures({ tree, epoch, node }: GroupProps): JSX.Element {
  const { sums } = epoch;
  const { compact } = view.pageFrame.value;
  const name = tree.names[node]!;
  const change = changeOfNode(node);
  const test = change && comparisonView.value?.testOfGroup(node);
  const isShort = compact || change !== null;
  const isChance = {
    recall: isGroupWithinChance(node),
    precision: precisionWithinChance.value.has(node),
  };
  return (
    <section aria-label="Counts" data-testid="figures">
      <div class="figures">
        <SelectionKey tree={tree} selection={{ rows: node, columns: node }} />
        <table class="counts">
          <tbody>
            <Count
              sign="TP"
              text={isShort ? `as ${name}` : `called ${name}`}
              count={sums.truePositives[node]!}
              change={change?.truePositives}
              good="more"
              isChance={isChance.recall}
            />
            {!isLeaf(tree, node) && (
              <Count
                sign=""
                text={isShort ? "wrong class" : "of these, wrong class"}
                count={sums.truePositives[node]! - sums.correct[node]!}
                change={change?.wrongClass}
              />
            )}
            <Count
              sign="FN"
              text="missed"
              count={falseNegatives(sums, node)}
              change={change?.falseNegatives}
              isChance={isChance.recall}
              band="row"
              onSelect={() => view.select(node, 0)}
            />
            <Count
              sign="FP"
              text={`${isShort ? "" : "wrongly "}called ${name}`}
              count={falsePositives(sums, node)}
              change={change?.falsePositives}
              isChance={isChance.precision}
              band="column"
              onSelect={() => view.select(0, node)}
            />
          </tbody>
        </table>
      </div>
      <dl class={runCount.value > 1 ? "scores spread" : "scores"}>
        <Score
          term="recall"
          share={recall(sums, node)}
          within={recallInterval(sums, node)}
          samples={sums.support[node]! / (sums.runs ?? 1)}
          spread={spreadOfNode(node, "recall")}
          change={change?.recall}
          isChance={isChance.recall}
        />
        <Score
          term="precision"
          share={precision(sums, node)}
          within={precisionInterval(sums, node)}
          samples={sums.predictedCount[node]! / (sums.runs ?? 1)}
          spread={spreadOfNode(node, "precision")}
          change={change?.precision}
          isChance={isChance.precision}
        />
        <Score term="F1" share={f1(sums, node)} change={change?.f1} />
      </dl>
      <Support tree={tree} node={node} />
      {test && (
        <p class="label" data-testid="group-test">
          {test}
        </p>
      )}
    </section>
  );
}

/** How far the group of a computed tree can be believed. */
function Support({
  tree,
  node,
}: {
  tree: Tree;
  node: number;
}): JSX.Element | null {
  const at = tree.logged[node]!;
  const share = tree.computed?.support?.[at];
  if (share === undefined || isLeaf(tree, node) || node === 0) return null;
  const chance = tree.computed?.support_chance?.[at] ?? 0;
  const mayGo = isWeak(tree, node);
  return (
    <p
      class="label"
      data-testid="support"
      title={
        mayGo
          ? "Of groups as weak 23 to 54 % came back, of random ones 2 % at most"
          : undefined
      }
    >
      {mayGo ? "may not come back" : "comes back"} with other samples:{" "}
      {share.toFixed(2)} of 1 (chance {chance.toFixed(2)})
    </p>
  );
}

function Count(props: {
  sign: string;
  text: string;
  count: number;
  change?: number | undefined;
  good?: "more" | "less";
  isChance?: boolean;
  band?: "row" | "column";
  onSelect?: () => void;
}): JSX.Element {
  const { sign, text, count, change, good, band, onSelect } = props;
  const { isChance = true } = props;
  return (
    <tr class={sign ? "" : "label"}>
      <th scope="row">
        {onSelect ? (
          <button
            type="button"
            class="link"
            title={`Select the ${band} band`}
            aria-label={`${sign}, select the ${band} band`}
            data-testid={`select-${band}-band`}
            onClick={onSelect}
          >
            {sign}
          </button>
        ) : (
          sign
        )}
      </th>
      <td class="label" title={text}>
        {text}
      </td>
      <td class="number">{whole(count)}</td>
      {change !== undefined && (
        <td class="number">
          <ChangeText by={change} good={good ?? "less"} isChance={isChance} />
        </td>
      )}
    </tr>
  );
}

const [large, small] = [measureAt(13), measureAt(11)];
/** Of the panel, left and right. */
const PADDING = 32;
const SCORES = 3;

function Score(props: {
  term: string;
  share: number;
  /** Between what it lies, and of how many samples that is known. */
  within?: Interval;
  samples?: number;
  /** Standard deviation between runs, where there are several. */
  spread?: number | null;
  change?: number | undefined;
  /** What nothing has tested is none. */
  isChance?: boolean;
}): JSX.Element {
  const { term, share, within, samples, spread = null, change } = props;
  const { isChance = true } = props;
  const isKnown = within && samples;
  const isOfRuns = runCount.value > 1;
  const range =
    spread !== null
      ? plusMinus(spread)
      : isKnown && !isOfRuns
        ? `(${percentRange(within)})`
        : "";
  const room = (view.pageFrame.value.panel.width - PADDING) / SCORES;
  const width = large(percent(share)) + small(range) + 8;
  // A change has no room beside it.
  const fits = isOfRuns || width <= room;
  const says = range && change === undefined && fits;
  const ofRuns =
    spread !== null &&
    `${percent(share)} ${plusMinus(spread)} points: standard deviation over ` +
      plural(runCount.value, "run", "runs");
  return (
    <div
      title={
        ofRuns ||
        (isKnown && !isOfRuns
          ? `${percentWithin(share, within)}: 95 % interval (Wilson), of ` +
            `${plural(samples, "sample", "samples")}`
          : undefined)
      }
    >
      <dt>{term}</dt>
      <dd>
        {percent(share)} {says && <span class="within">{range}</span>}
        {change !== undefined && (
          <ChangeText by={change} good="more" isShare isChance={isChance} />
        )}
      </dd>
    </div>
  );
}
