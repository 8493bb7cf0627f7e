/** All classes of a selection: a scatter, and a table of any length below it. */

import type { JSX } from "preact";
import { falseNegatives, falsePositives } from "../../confusion/blocks.ts";
import type { Epoch } from "../../confusion/cells.ts";
import { fullName } from "../../hierarchy/classNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { isGroupWithinChance } from "../../state/comparison/evidence.ts";
import {
  type ClassAnswers,
  type ClassKey,
  classAnswers,
  classSort,
  sortClassesBy,
} from "../../state/confusionListSort.ts";
import { meanOf } from "../../state/seeds/meanEpoch.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { ChangeText } from "../../ui/ChangeText.tsx";
import {
  percent,
  percentRange,
  percentWithin,
  plural,
  whole,
} from "../../ui/format.ts";
import { lazy } from "../../ui/lazy.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { ListHead } from "../ListHead.tsx";
import { goToClass, leavePair, listed } from "../listedPairs.ts";
import longList from "../longConfusionList.css?inline";
import { NodeName, panelRoom, pointing } from "../NodeLink.tsx";
import { ShareBar } from "../ShareBar.tsx";
import { SortHead } from "../SortHead.tsx";
import { ClassScatter } from "./ClassScatter.tsx";
import type { ClassScores } from "./classScores.ts";
import style from "./classTable.css?inline";
import {
  brushed,
  changes,
  isUp,
  leavesOut,
  listAll,
  listedGroup,
  order,
  scores,
} from "./listedClasses.ts";

/** Of one bar, and of the longest. */
const [WIDE, TALL] = [5, 7];

function AnswerBars(props: {
  answers: ClassAnswers;
  position: number;
}): JSX.Element {
  const { answers, position } = props;
  const { bins } = answers;
  const from = position * bins;
  const right = answers.right.subarray(from, from + bins);
  const wrong = answers.wrong.subarray(from, from + bins);
  const most = Math.max(...right, ...wrong, 1);
  const path = (counts: Uint32Array, sign: 1 | -1): string =>
    Array.from(counts, (count, bin) => {
      // What is there is seen.
      const tall = count ? Math.max((TALL * count) / most, 1) : 0;
      return count
        ? `M${bin * WIDE} ${TALL + 0.5}v${sign * tall}h${WIDE - 1}v${-sign * tall}z`
        : "";
    }).join("");
  return (
    <svg
      class="at-answers"
      viewBox={`0 0 ${bins * WIDE} ${2 * TALL + 1}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="right" d={path(right, -1)} />
      <path class="wrong" d={path(wrong, 1)} />
    </svg>
  );
}

addStyle(longList + style);

const PITCH = 34;

const misplaced = lazy(() => import("../misplaced/MisplacedClasses.tsx"));

interface Props {
  tree: Tree;
  epoch: Epoch;
}

export function ClassTable(props: Props): JSX.Element | null {
  if (classSort.value?.key !== "misplaced") return <Table {...props} />;
  const part = misplaced();
  return part && <part.MisplacedClasses {...props} />;
}

function Table({ tree, epoch: shown }: Props): JSX.Element | null {
  // What single classes say of runs over the same samples is said of one.
  const epoch = meanOf(shown);
  const of = scores.value;
  if (!of) return null;
  const places = order.value;
  const row = (index: number): JSX.Element => (
    <ClassRow tree={tree} epoch={epoch} of={of} at={places[index]!} />
  );
  return (
    <section class="long" aria-label="All classes" data-testid="classes">
      <ListHead>
        <Extent tree={tree} of={of} />
      </ListHead>
      <ClassScatter tree={tree} of={of} />
      {classSort.value?.key === "worst" && (
        <p class="label" data-testid="worst-by">
          Lowest upper end of the recall’s 95 % interval first
        </p>
      )}
      <Heads />
      {places.length ? (
        <VirtualList
          label="All classes"
          count={places.length}
          pitch={PITCH}
          of={[
            classSort.value,
            `${listedGroup.value} ${brushed.value !== null}`,
          ]}
          row={row}
        />
      ) : (
        <p class="label" data-testid="no-classes">
          {whyNone()}
        </p>
      )}
    </section>
  );
}

/** Why no class is listed. */
function whyNone(): string {
  if (brushed.value?.nodes.size === 0) return "No class is in the rectangle.";
  const where = brushed.value ? " in the rectangle" : "";
  return classSort.value?.key === "sinks"
    ? `No class${where} is predicted more often than chance allows.`
    : `No class${where} has samples.`;
}

/** How many classes, of what; the way back to all. */
function Extent({ tree, of }: { tree: Tree; of: ClassScores }): JSX.Element {
  const all = of.nodes.length;
  const group = listedGroup.value;
  if (leavesOut.value) {
    return (
      <span class="label">
        {whole(order.value.length)} of {whole(all)} ·{" "}
        <button
          type="button"
          class="link"
          title="Show all"
          data-testid="all-classes"
          onClick={listAll}
        >
          {view.pageFrame.value.compact ? "all" : "show all"}
        </button>
      </span>
    );
  }
  const isPinned = listed.value !== view.selection.value && group > 0;
  return (
    <span class="label">
      {plural(all, "class", "classes")}
      {isPinned && (
        <>
          {" of "}
          <button
            type="button"
            class="link"
            title="Back to it (Esc)"
            data-testid="back-to-classes"
            onClick={leavePair}
          >
            {tree.names[group]}
          </button>
        </>
      )}
    </span>
  );
}

function Heads(): JSX.Element {
  const { key, flipped } = classSort.value ?? { key: "recall", flipped: false };
  const head = (
    each: ClassKey,
    text: string,
    title?: string,
    also?: ClassKey,
  ): JSX.Element => (
    <span class={`at-${each}`}>
      <SortHead
        sorted={{
          isOn: key === each || key === also,
          flipped,
          isUp: isUp(each),
        }}
        title={title ?? `By ${text}`}
        onSort={() => sortClassesBy(each)}
      >
        {text}
      </SortHead>
    </span>
  );
  const compact = view.pageFrame.value.compact;
  return (
    <fieldset class="class-row heads" aria-label="Sort by">
      {head("name", "name")}
      {classAnswers.value && (
        <span
          class="at-answers"
          title={
            "Answers to the samples of a class by their probability, from 0 " +
            "to 1: right ones upwards, grey; wrong ones downwards, blue"
          }
        >
          {compact ? "" : "answers"}
        </span>
      )}
      {head("recall", "recall", "By recall, with its 95 % interval (Wilson)")}
      {!compact &&
        head(
          "rank",
          "rank",
          "Place by recall among all classes, the best first",
        )}
      {head("samples", "samples")}
      {head("precision", compact ? "prec." : "precision", "By precision")}
      {head(
        "over",
        compact ? "over" : "pred./act.",
        "Over-prediction: how often a class is predicted, by how often it " +
          "occurs. In ink where it is more than chance allows.",
        "sinks",
      )}
      {changes.value && head("change", "change", "By change in recall")}
    </fieldset>
  );
}

/** Predicted for once that it occurs; both numbers where it does not. */
function overText(predicted: number, samples: number): string {
  if (!samples) return predicted ? `${whole(predicted)} : 0` : "–";
  const ratio = predicted / samples;
  if (predicted && ratio < 0.005) return "<0.01 ×";
  return `${ratio < 10 ? ratio.toFixed(2) : whole(ratio)} ×`;
}

/** What bar, recall and answers leave of a row. */
function roomForName(): number {
  const isCompact = view.pageFrame.value.compact;
  const beside = isCompact ? 42 + 44 + 4 : 44 + 46 + 8;
  const answers = isCompact ? 50 : 62;
  return panelRoom() - beside - (classAnswers.value ? answers : 0);
}

function ClassRow(props: {
  tree: Tree;
  epoch: Epoch;
  of: ClassScores;
  at: number;
}): JSX.Element {
  const { tree, epoch, of, at } = props;
  const node = of.nodes[at]!;
  const { rows, columns } = view.selection.value;
  const isChosen = rows === node && columns === node;
  const samples = of.samples[at]!;
  const share = of.recall[at]!;
  const within = { low: of.low[at]!, high: of.high[at]! };
  const change = changes.value?.[at];
  const predicted = epoch.sums.predictedCount[node]!;
  const answers = classAnswers.value;
  const hasRank = !view.pageFrame.value.compact;
  const title = [
    fullName(tree, node),
    samples ? `recall ${percentWithin(share, within)}` : "no samples",
    `precision ${percent(of.precision[at]!)}`,
    `predicted ${whole(predicted)} times, actual ${whole(samples)}`,
    `FN ${whole(falseNegatives(epoch.sums, node))}`,
    `FP ${whole(falsePositives(epoch.sums, node))}`,
  ];
  return (
    <button
      type="button"
      class={isChosen ? "class-row on" : "class-row"}
      aria-pressed={isChosen}
      title={title.join(", ")}
      onClick={() => goToClass(node)}
      {...pointing(node, null)}
    >
      <span class="at-name">
        <NodeName tree={tree} node={node} room={roomForName()} />
      </span>
      {answers && <AnswerBars answers={answers} position={tree.start[node]!} />}
      {samples ? (
        <>
          <ShareBar share={share} within={within} />
          <span class="at-recall">{percent(share)}</span>
        </>
      ) : (
        <span class="at-gap">no samples</span>
      )}
      {hasRank && (
        <span class="at-rank">{samples ? whole(of.rank[at]!) : "–"}</span>
      )}
      <span class="at-samples">{whole(samples)}</span>
      <span class="at-precision">{percent(of.precision[at]!)}</span>
      <span class={of.isSink[at] ? "at-over beyond" : "at-over"}>
        {overText(predicted, samples)}
      </span>
      {change !== undefined && (
        <ChangeText
          by={change}
          good="more"
          isShare
          isChance={isGroupWithinChance(node)}
        />
      )}
      <span class="at-within">{samples ? percentRange(within) : ""}</span>
    </button>
  );
}
