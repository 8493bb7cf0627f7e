/** The counts of a group: its block, its bands, what follows. */

import type { JSX } from "preact";
import { falseNegatives, falsePositives } from "../confusion/blocks.ts";
import { f1, precision, recall } from "../confusion/cells.ts";
import { isLeaf } from "../hierarchy/tree.ts";
import { changeOfNode } from "../state/comparison/comparedEpoch.ts";
import { testOfGroup } from "../state/comparison/evidence.ts";
import * as view from "../state/view.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import { percent, whole } from "../ui/format.ts";
import type { GroupProps } from "./groupProps.ts";
import { SelectionKey } from "./SelectionKey.tsx";

export function GroupFigures({ tree, epoch, node }: GroupProps): JSX.Element {
  const { sums } = epoch;
  const { compact } = view.layout.value;
  const name = tree.names[node]!;
  const change = changeOfNode(node);
  const isShort = compact || change !== null;
  return (
    <section aria-label="Counts" data-testid="figures">
      <div class="figures">
        <SelectionKey tree={tree} selection={{ rows: node, columns: node }} />
        <table class="counts">
          <tbody>
            <Count
              sign="TP"
              text={isShort ? `as ${name}` : `named ${name}`}
              count={sums.truePositives[node]!}
              change={change?.truePositives}
              good="more"
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
              text={isShort ? "as other" : "named something else"}
              count={falseNegatives(sums, node)}
              change={change?.falseNegatives}
              band="row"
              onSelect={() => view.select(node, 0)}
            />
            <Count
              sign="FP"
              text={isShort ? `other as ${name}` : `others named ${name}`}
              count={falsePositives(sums, node)}
              change={change?.falsePositives}
              band="column"
              onSelect={() => view.select(0, node)}
            />
          </tbody>
        </table>
      </div>
      <dl class="scores">
        <Score
          term="recall"
          share={recall(sums, node)}
          change={change?.recall}
        />
        <Score
          term="precision"
          share={precision(sums, node)}
          change={change?.precision}
        />
        <Score term="F1" share={f1(sums, node)} change={change?.f1} />
      </dl>
      {change && testOfGroup(node) && (
        <p class="label" data-testid="group-test">
          {testOfGroup(node)}
        </p>
      )}
    </section>
  );
}

function Count(props: {
  sign: string;
  text: string;
  count: number;
  change?: number | undefined;
  good?: "more" | "less";
  band?: "row" | "column";
  onSelect?: () => void;
}): JSX.Element {
  const { sign, text, count, change, good, band, onSelect } = props;
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
          <ChangeText by={change} good={good ?? "less"} />
        </td>
      )}
    </tr>
  );
}

function Score(props: {
  term: string;
  share: number;
  change?: number | undefined;
}): JSX.Element {
  const { term, share, change } = props;
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {percent(share)}{" "}
        {change !== undefined && <ChangeText by={change} good="more" isShare />}
      </dd>
    </div>
  );
}
