/** One of the three lists: rows of equal height, those in sight alone. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Tree } from "../../hierarchy/tree.ts";
import type { PairJson, Quality } from "../../server/qualityAnswer.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { inPercent, percent, points, whole } from "../../ui/format.ts";
import {
  choose,
  inspectedEntry,
  labelList,
  showLabels,
} from "../data/chosenEntry.ts";
import {
  type Entry,
  type LabelList,
  type ListName,
  type PairEntry,
  titleOf,
} from "../data/entries.ts";
import { entries, sampled } from "../data/loadQuality.ts";
import { CALLED, countVerdicts, VERDICTS, verdicts } from "../data/verdicts.ts";
import { LabelRow, PairRow, type Sizes, TwoRow } from "./ListRows.tsx";
import { meaningOf, restOf, ruleOf, TITLES, totalsOf } from "./listHeads.ts";

interface Gain {
  /** Those that were merged: no two of them share a class. */
  pairs: number;
  /** Shares of all samples: what is right so far, and what it would be. */
  before: number;
  after: number;
  /** By how much chance alone would raise it. */
  chance: number;
}

type Pair = Pick<PairJson, "a" | "b" | "a_as_b" | "b_as_a" | "expected">;

/**
 * Counts the errors between the two classes of each pair as right.
 *
 * A class is merged once: pairs come in the order of their evidence.
 */
export function gainOf(
  correct: number,
  total: number,
  pairs: readonly Pair[],
): Gain {
  const merged = new Set<number>();
  let crossed = 0;
  let expected = 0;
  for (const pair of pairs) {
    if (merged.has(pair.a) || merged.has(pair.b)) continue;
    merged.add(pair.a).add(pair.b);
    crossed += pair.a_as_b + pair.b_as_a;
    expected += pair.expected;
  }
  return {
    pairs: merged.size / 2,
    before: correct / total,
    after: (correct + crossed) / total,
    chance: expected / total,
  };
}

function MergeGain({
  found,
  all,
}: {
  found: Quality;
  all: readonly PairEntry[];
}): JSX.Element | null {
  // As the lists, of all classes, whatever the run is compared with.
  const epoch = view.loggedEpoch.value;
  // The lists come a moment after the matrix.
  if (!epoch?.total || view.drawnStep.value !== found.step) return null;
  const evidence = all.filter(({ isListed }) => isListed);
  if (!evidence.length) return null;
  const confirmed = all.filter(
    ({ key }) => verdicts.value.get(key) === "confirmed",
  );
  const of = (entries: readonly PairEntry[]): Gain =>
    gainOf(
      epoch.sums.correct[0]!,
      epoch.total,
      entries.map((entry) => entry.of),
    );
  const gain = of(evidence);
  const { listed } = found.overlapping;
  const sure = confirmed.length ? of(confirmed) : null;
  const { compact } = view.pageFrame.value;
  const count = (each: Gain, all: number): string =>
    `${whole(each.pairs)} of ${whole(all)}`;
  const now = compact
    ? `${whole(gain.pairs)} merged ${inPoints(gain)}, chance ${points(gain.chance)}`
    : `${count(gain, listed)} merged ${inPercent(gain.before)} → ` +
      `${percent(gain.after)}, by chance ${points(gain.chance)}`;
  const title = [
    `Merged, ${count(gain, listed)} listed pairs, no class twice, the most ` +
      `evidence first: ${inPoints(gain)} points of accuracy, by chance ` +
      `${points(gain.chance)}.`,
    ...(sure
      ? [
          `Likewise ${count(sure, confirmed.length)} confirmed: ` +
            `${inPoints(sure)}, by chance ${points(sure.chance)}.`,
        ]
      : []),
    "Errors between the two classes of a pair would be right, and no others.",
    "By chance: what pairs would be crossed, were they like their siblings in",
    "the tree.",
  ];
  return (
    <p
      class="counts gain label one-line"
      data-testid="merge-gain"
      title={title.join(" ")}
    >
      {now}
      {sure && ` · ${compact ? "sure" : "confirmed"} ${inPoints(sure)}`}
    </p>
  );
}

function inPoints({ before, after }: Gain): string {
  return points(after - before);
}

/** With pictures, and without. */
const HEIGHT = { seen: 89, bare: 48 };
const AROUND = 2;
/** Room for the label of a rule above the first row. */
const RULE = 20;

interface Props {
  tree: Tree;
  found: Quality;
  list: ListName;
  sizes: Sizes;
  left: number;
  top: number;
  width: number;
  height: number;
}

export function QualityList(props: Props): JSX.Element {
  const { tree, found, list, sizes, left, top, width, height } = props;
  const all: Entry[] = entries.value[list];
  const [first, setFirst] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const { compact } = view.pageFrame.value;
  const isOfLabels = list === "suspect" || list === "two_objects";
  const rowHeight = isOfLabels || sampled.value ? HEIGHT.seen : HEIGHT.bare;
  const { listed } = totalsOf(found, list);
  const rule = ruleOf(found, list);
  const pad = rule && listed === 0 ? RULE : 0;
  const rest = restOf(found, list, all.length);
  const from = Math.max(0, first - AROUND);
  const inSight = Math.ceil(height / rowHeight) + 1;
  const to = Math.min(all.length, first + inSight + AROUND);
  const now = inspectedEntry.value;
  const at = now?.list === list ? now.at : -1;
  // A chosen row comes into sight, wherever it was chosen.
  useLayoutEffect(() => {
    const area = scroller.current;
    if (!area || at < 0) return;
    const low = pad + at * rowHeight;
    const high = low + rowHeight - area.clientHeight;
    const next = Math.min(Math.max(area.scrollTop, high), at === 0 ? 0 : low);
    if (next !== area.scrollTop) area.scrollTop = next;
  }, [at, rowHeight, pad]);
  const why = isOfLabels ? found.why : null;
  const meaning = meaningOf(found, list);
  return (
    <section
      class="list"
      data-testid={`list-${list}`}
      aria-label={TITLES[list]}
      style={px({ left, top, width, height })}
    >
      <h2 class="one-line">
        {isOfLabels && compact ? "Labels" : TITLES[list]}{" "}
        {!why && !isOfLabels && <span class="count">{whole(listed)}</span>}
      </h2>
      {!why && isOfLabels && <LabelLists found={found} />}
      {why ? (
        <p class="why label">{why}</p>
      ) : (
        <p class="label one-line" title={meaning.whole}>
          {meaning.brief}
        </p>
      )}
      {!why && <Verdicts all={all} />}
      {list === "overlapping" && (
        <MergeGain found={found} all={entries.value.overlapping} />
      )}
      <div
        ref={scroller}
        class="entries"
        onScroll={({ currentTarget: { scrollTop } }) =>
          setFirst(Math.max(0, Math.floor((scrollTop - pad) / rowHeight)))
        }
      >
        <ul
          aria-label={TITLES[list]}
          style={{
            height: `${pad + all.length * rowHeight + (rest ? RULE : 0)}px`,
          }}
        >
          {all.slice(from, to).map((entry) => (
            <li
              key={entry.link}
              class={classOf(entry, entry.at === at)}
              aria-setsize={all.length}
              aria-posinset={entry.at + 1}
              data-entry={entry.link}
              title={titleOf(tree, entry)}
              style={px({ top: pad + entry.at * rowHeight, height: rowHeight })}
            >
              <button
                type="button"
                class="whole"
                aria-label={inWords(tree, entry)}
                aria-current={entry.at === at}
                tabIndex={entry.at === Math.max(at, 0) ? 0 : -1}
                onClick={() => choose(entry)}
              />
              <Content
                tree={tree}
                entry={entry}
                sizes={sizes}
                isTold={entry.at === at}
              />
            </li>
          ))}
          {rule && from <= listed && listed <= to && (
            <li
              class="rule"
              data-testid="rule"
              style={px({ top: pad ? 2 : listed * rowHeight - 8 })}
            >
              <span>{rule}</span>
            </li>
          )}
          {rest && to === all.length && (
            <li class="rest" style={px({ top: pad + to * rowHeight })}>
              {rest}
            </li>
          )}
        </ul>
      </div>
    </section>
  );
}

function classOf({ key }: Entry, isTold: boolean): string {
  const isOut = verdicts.value.get(key) === "dismissed";
  return `entry${isTold ? " told" : ""}${isOut ? " out" : ""}`;
}

function inWords(tree: Tree, entry: Entry): string {
  const verdict = CALLED[verdicts.value.get(entry.key) ?? "open"];
  const said = [titleOf(tree, entry).replace("⇄", "and"), verdict];
  if (entry.list === "overlapping") {
    const { a_as_b, b_as_a } = entry.of;
    said.splice(1, 0, `${whole(a_as_b + b_as_a)} crossed`);
  } else if (entry.list !== "diverse") {
    said.splice(1, 0, entry.of.id.slice(0, 80));
  }
  if (!entry.isListed && entry.list !== "two_objects") said.push("weaker");
  return said.join(", ");
}

function Content(props: {
  tree: Tree;
  entry: Entry;
  sizes: Sizes;
  isTold: boolean;
}): JSX.Element {
  const { entry, ...others } = props;
  switch (entry.list) {
    case "overlapping":
      return <PairRow {...others} entry={entry} />;
    case "suspect":
    case "two_objects":
      return <LabelRow {...others} entry={entry} />;
    default:
      return <TwoRow {...others} entry={entry} />;
  }
}

/** Which of the two lists of labels is shown. */
function LabelLists({ found }: { found: Quality }): JSX.Element {
  const { compact } = view.pageFrame.value;
  const names: [LabelList, string][] = [
    ["suspect", compact ? "wrong" : "wrong label"],
    ["two_objects", "two objects"],
  ];
  const countOf = (list: LabelList): number => {
    const { listed, total } = totalsOf(found, list);
    return list === "suspect" ? listed : total;
  };
  return (
    <fieldset class="label-lists" aria-label="Which labels">
      {names.map(([list, name]) => (
        <button
          key={list}
          type="button"
          data-testid={`labels-${list}`}
          aria-pressed={labelList.value === list}
          disabled={list === "two_objects" && countOf(list) === 0}
          onClick={() => showLabels(list)}
        >
          {name} <span class="count">{whole(countOf(list))}</span>
        </button>
      ))}
    </fieldset>
  );
}

function Verdicts({ all }: { all: readonly Entry[] }): JSX.Element {
  const counts = countVerdicts(all, verdicts.value);
  const isTight = view.pageFrame.value.compact;
  return (
    <p class="counts label one-line" data-testid="verdict-counts">
      {(["open", ...VERDICTS] as const)
        .filter((verdict) => verdict === "open" || counts[verdict] || !isTight)
        .map((verdict) => (
          <span
            key={verdict}
          >{`${CALLED[verdict]} ${whole(counts[verdict])}`}</span>
        ))}
    </p>
  );
}
