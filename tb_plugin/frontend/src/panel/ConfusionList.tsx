/** The pairs that a selection is confused in: a few, or all of them. */

import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { errorsBetween } from "../confusion/blocks.ts";
import type { Epoch } from "../confusion/cells.ts";
import {
  barAt,
  changeAt,
  isChanceAt,
  isOfChange,
  isOfTests,
  isUntestedAt,
  type Pairs,
  pairAt,
  type SortKey,
  testAt,
} from "../confusion/pairs.ts";
import { fullName } from "../hierarchy/classNames.ts";
import { shareRoom } from "../hierarchy/shortNames.ts";
import {
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../hierarchy/tree.ts";
import * as view from "../state/all.ts";
import {
  isLong,
  SORTED_BY,
  sort,
  sortBy,
  sortKeys,
  whyFewSorts,
} from "../state/confusionListSort.ts";
import { counted } from "../state/filters.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import {
  isolated,
  percentBriefly,
  plural,
  signed,
  whole,
} from "../ui/format.ts";
import { lazy } from "../ui/lazy.ts";
import { measureAt } from "../ui/textFitting.ts";
import { goTo, leavePair, listed, pairs } from "./listedPairs.ts";
import { NodeName, nameWidth, panelRoom, pointing } from "./NodeLink.tsx";
import { ShareBar } from "./ShareBar.tsx";

interface ShownList {
  tree: Tree;
  epoch: Epoch;
  found: Pairs | null;
}

/** The last epoch that the display has had a frame for. */
const framed = signal<Epoch | null>(null);

/** Lists an epoch after the next frame, unless what it returns is called. */
function listAfterFrame(epoch: Epoch): () => void {
  let task: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    task = setTimeout(() => {
      framed.value = epoch;
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(task);
  };
}

let last: ShownList | null = null;

/**
 * What is listed, and the epoch whose numbers these are. The list follows the
 * matrix by a frame, as sorting takes as long as drawing.
 */
export const shownList = computed<ShownList | null>(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  if (!tree || !epoch) return null;
  if (framed.value === epoch) last = { tree, epoch, found: pairs.value };
  return last?.tree === tree ? last : null;
});

const regular = measureAt(12);
const FEW = 4;

const longList = lazy(() => import("./confusions/LongConfusionList.tsx"));
const testing = lazy(async () => {
  const part = await import("./surprise/TestNote.tsx");
  part.followTests();
  return part;
});

/** @param props with the epoch on screen, which the list follows */
export function ConfusionList(props: { epoch: Epoch }): JSX.Element | null {
  useLayoutEffect(() => listAfterFrame(props.epoch), [props.epoch]);
  if (!shownList.value?.found?.list.length) return null;
  const { tree, epoch, found } = shownList.value;
  const isLate = epoch !== props.epoch;
  const count = found.list.length;
  // While the other matrix is on its way, nothing is sorted by change.
  const isSorted = found.change !== undefined || !isOfChange(sort.value.key);
  const row = (index: number): JSX.Element => (
    <PairRow tree={tree} epoch={epoch} found={found} index={index} />
  );
  const title = (
    <h2>
      <TitleOf tree={tree} />
      <span class="label">
        {isLong.value && plural(count, "pair", "pairs")}
        {!isLong.value && count > FEW && isSorted && <SortChoice />}
      </span>
    </h2>
  );
  const tests = isOfTests(sort.value.key) ? testing() : null;
  const note = tests && <tests.TestNote />;
  if (!isLong.value) {
    return (
      <section
        aria-label="Top confusions"
        aria-busy={isLate}
        data-testid="confusions"
      >
        {title}
        {note}
        <ul class="pairs">
          {Array.from({ length: Math.min(FEW, count) }, (_, i) => (
            <li key={found.list[i]}>{row(i)}</li>
          ))}
        </ul>
        {count > FEW && (
          <button
            type="button"
            class="link label"
            data-testid="more-pairs"
            onClick={() => {
              isLong.value = true;
            }}
          >
            all pairs
          </button>
        )}
      </section>
    );
  }
  const part = longList();
  return (
    <section
      class="long"
      aria-label="Top confusions"
      aria-busy={isLate}
      data-testid="confusions"
    >
      {title}
      {note}
      {part && <part.LongConfusionList count={count} row={row} />}
    </section>
  );
}

/** The list says what it is of once that is not what is selected. */
function TitleOf({ tree }: { tree: Tree }): JSX.Element {
  const { rows, columns } = listed.value;
  if (listed.value === view.selection.value) return <>Top confusions</>;
  return (
    <button
      type="button"
      class="link"
      title="Back to it (Esc)"
      data-testid="back-to-list"
      onClick={leavePair}
    >
      ‹ Confusions
      {rows === columns && rows > 0 ? ` of ${tree.names[rows]}` : ""}
    </button>
  );
}

function SortChoice(): JSX.Element {
  const { key } = sort.value;
  const title = isOfTests(key) ? testing()?.TITLES[key] : whyFewSorts.value;
  return (
    <span class="choice">
      <span aria-hidden="true">{SORTED_BY[key]}</span>
      <select
        aria-label="Sort by"
        title={title}
        data-testid="sort"
        value={key}
        onChange={({ currentTarget }) => {
          sortBy(currentTarget.value as SortKey);
        }}
      >
        {sortKeys.value.map((each) => (
          <option key={each} value={each}>
            {SORTED_BY[each]}
          </option>
        ))}
      </select>
    </span>
  );
}

function PairRow(props: {
  tree: Tree;
  epoch: Epoch;
  found: Pairs;
  index: number;
}): JSX.Element {
  const { tree, epoch, found, index } = props;
  const pair = pairAt(found, index);
  const { rows, columns, count } = pair;
  const chosen = view.selection.value;
  const isChosen = chosen.rows === rows && chosen.columns === columns;
  const share = percentBriefly(count / epoch.sums.support[rows]!);
  const where = lowestCommonAncestorOfNodes(tree, rows, columns);
  const change = changeAt(found, index);
  // How far is said where the list is sorted by it.
  const far =
    sort.value.key === "distance" ? ` (${tree.height[where]} up)` : "";
  const reverse = errorsBetween(tree, counted(epoch), columns, rows);
  const isOwn = rows === columns && !isLeaf(tree, rows);
  // What changes and by how much have one unit.
  const isShare = found.change?.isShare ?? false;
  const inWords = isShare
    ? plural(count, "error", "errors")
    : `${share} of row`;
  const size = isUntestedAt(found, index) ? `not tested · ${inWords}` : inWords;
  const test = testAt(found, index);
  const tested = test && testing()?.testInWords(test);
  const meeting = `common group: ${isolated(tree.names[where]!)}${far}`;
  const untested =
    where === rows || where === columns
      ? [size, "another class of the group"]
      : [size, ...(reverse ? [`reverse ${whole(reverse)}`] : []), meeting];
  const isNarrow = view.pageFrame.value.compact;
  const says = isLong.value || tested || isUntestedAt(found, index);
  const about = tested ? [tested, ...(isNarrow ? [] : [meeting])] : untested;
  const style = test?.isChance ? "pair chance" : "pair";
  const number = isShare ? share : whole(count);
  const beside =
    (isNarrow ? 28 : 44) +
    Math.max(30, regular(number)) +
    (change === null ? 12 : 18 + Math.max(32, regular(signed(change))));
  const room = panelRoom() - beside;
  const rooms = shareRoom(
    nameWidth(tree, rows),
    nameWidth(tree, columns),
    room - regular(" → "),
  );
  return (
    <button
      type="button"
      class={isChosen ? `${style} chosen` : style}
      aria-pressed={isChosen}
      title={[
        isOwn
          ? `within ${fullName(tree, rows)}`
          : `${isolated(fullName(tree, rows))} → ${isolated(fullName(tree, columns))}`,
        ...(tested ? [tested, meeting] : untested),
      ].join("\n")}
      onClick={() => goTo(pair)}
      {...pointing(rows, columns)}
    >
      <span class="names one-line">
        {isOwn ? (
          <>
            <i>within</i>{" "}
            <NodeName
              tree={tree}
              node={rows}
              room={room - regular("within ")}
            />
          </>
        ) : (
          <>
            <NodeName tree={tree} node={rows} room={rooms[0]} /> <i>→</i>{" "}
            <NodeName tree={tree} node={columns} room={rooms[1]} />
          </>
        )}
      </span>
      <ShareBar share={barAt(found, index)} />
      <span class="number">{number}</span>
      {change !== null && (
        <ChangeText
          by={change}
          good="less"
          isShare={found.change!.isShare}
          isChance={isChanceAt(found, index)}
        />
      )}
      {says && <span class="about one-line">{about.join(" · ")}</span>}
    </button>
  );
}
