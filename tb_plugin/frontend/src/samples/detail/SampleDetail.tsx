/** The panel: one sample, and those that it is compared with. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fullName } from "../../hierarchy/classNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { NodeName, panelRoom } from "../../panel/NodeLink.tsx";
import { Title } from "../../panel/Title.tsx";
import * as view from "../../state/all.ts";
import { tab } from "../../state/tabs.ts";
import { stepTicks } from "../../timeline/curves.ts";
import { plural } from "../../ui/format.ts";
import { whenLoaded } from "../../ui/lazy.ts";
import { measureAt } from "../../ui/textFitting.ts";
import {
  curveOf,
  curveOfActual,
  type Point,
  rightSpans,
  spansInWords,
  surest,
} from "../data/epochsRight.ts";
import { shown } from "../data/loadSamples.ts";
import { copy, saving } from "../export/lazySaving.ts";
import { pinned } from "../selection/choices.ts";
import { arranged, facts } from "../selection/shownSamples.ts";
import type { OfSample } from "../shared/lowestCommonAncestor.ts";
import { Picture } from "../shared/Picture.tsx";
import { SampleFacts } from "../shared/SampleFacts.tsx";
import { ACROSS, sideOfPictures } from "../shared/sideOfPictures.ts";
import { TopClasses } from "../shared/TopClasses.tsx";
import { historyOf, inspectedSample, previewed } from "./detailedSample.ts";

function ExportSamples(): JSX.Element | null {
  const { list } = arranged.value;
  const [copied, setCopied] = useState<unknown>(null);
  const [loaded, here, tree] = [shown.value, facts.value, view.tree.value];
  if (!loaded || !here || !tree) return null;
  const sample = inspectedSample.value;
  const ids = (): string[] =>
    Array.from(list, (each) => loaded.index.ids[each]!);
  const count = plural(list.length, "id", "ids");
  return (
    <section class="export" aria-label="Export">
      <button
        type="button"
        data-testid="copy-ids"
        disabled={!list.length}
        onClick={() => copy(ids(), () => setCopied(list))}
      >
        {copied === list ? `Copied ${count}` : `Copy ${count}`}
      </button>
      <button
        type="button"
        data-testid="samples-csv"
        disabled={!list.length}
        onClick={() =>
          whenLoaded(saving, (part) => part.saveCsv(tree, loaded, here, list))
        }
      >
        CSV
      </button>
      {sample !== null && (
        <button
          type="button"
          data-testid="jump"
          onClick={() => {
            const side = (positions: Uint16Array): number =>
              tree.leaves[positions[sample]!]!;
            view.select(side(here.trueLeaf), side(here.predictedLeaf));
            tab.value = "errors";
          }}
        >
          Jump to cell
        </button>
      )}
    </section>
  );
}

const small = measureAt(11);
/** Between title and note, and what a title in strong letters adds. */
const BETWEEN = 12 + 6;

function SimilarSamples(props: {
  title: string;
  /** The class in place of a title. */
  node?: number;
  note: string;
  samples: readonly number[];
}): JSX.Element {
  const { title, node, note, samples } = props;
  const said = samples.length ? note : "none";
  const side = sideOfPictures();
  return (
    <section class="likes" aria-label={title}>
      <h2>
        {node === undefined ? (
          title
        ) : (
          <span title={title}>
            <NodeName
              tree={view.tree.value!}
              node={node}
              room={panelRoom() - small(said) - BETWEEN}
            />
          </span>
        )}{" "}
        <span class="label">{said}</span>
      </h2>
      {samples.length > 0 && (
        <div>
          {samples.map((sample) => (
            <button
              key={sample}
              type="button"
              aria-label={shown.value?.index.ids[sample]}
              onClick={() => {
                previewed.value = null;
                pinned.value = sample;
              }}
            >
              <Picture sample={sample} side={side} />
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

export function SampleDetail({ tree }: { tree: Tree }): JSX.Element {
  const [sample, here] = [inspectedSample.value, facts.value];
  const place = (
    <div class="place">
      <Title tree={tree} />
    </div>
  );
  if (sample === null || !here || !shown.value) {
    return (
      <>
        {place}
        <ExportSamples />
      </>
    );
  }
  const props = { tree, facts: here, sample };
  return (
    <>
      {place}
      <SampleFacts {...props} />
      <TopClasses tree={tree} sample={sample} />
      <SampleHistory tree={tree} sample={sample} />
      <References {...props} />
      <ExportSamples />
    </>
  );
}

function References({ tree, facts, sample }: OfSample): JSX.Element {
  const { first } = shown.value!.index;
  const {
    trueLeaf: actual,
    predictedLeaf: predicted,
    confidence: answer,
  } = facts;
  const [row, column] = [actual[sample]!, predicted[sample]!];
  const spanOf = (position: number): [number, number] => {
    const label = tree.order[position]!;
    return [first[label]!, first[label + 1]!];
  };
  const right = (position: number): number[] =>
    surest(
      answer,
      (i) => predicted[i] === position && i !== sample,
      spanOf(position),
      ACROSS,
    );
  const inCell = (from: number, to: number): number[] =>
    surest(
      answer,
      (i) => predicted[i] === to && i !== sample,
      spanOf(from),
      Number.POSITIVE_INFINITY,
    );
  const named = (position: number): { node: number; title: string } => {
    const node = tree.leaves[position]!;
    return { node, title: fullName(tree, node) };
  };
  const same = inCell(row, column);
  return (
    <>
      {row !== column && (
        <SimilarSamples
          {...named(column)}
          note="surest of those named right"
          samples={right(column)}
        />
      )}
      <SimilarSamples
        {...named(row)}
        note="surest of those named right"
        samples={right(row)}
      />
      {row !== column && (
        <SimilarSamples
          title="Same cell"
          note={`${same.length} more, ${inCell(column, row).length} reverse`}
          samples={same.slice(0, ACROSS)}
        />
      )}
    </>
  );
}

const HEIGHT = 94;
const TOP = 8;
const BASE = 72;
const LEFT = 24;
const RIGHT = 5;

export function SampleHistory(props: {
  tree: Tree;
  sample: number;
}): JSX.Element | null {
  const { sample } = props;
  const found = historyOf(sample);
  // Of one epoch there is no history.
  if (found && found.length < 2) return null;
  return (
    <section aria-label="Over epochs" data-testid="history">
      <h2>
        Over epochs{" "}
        <span class="label">{found ? spansInWords(found) : ""}</span>
      </h2>
      <Chart sample={sample} />
    </section>
  );
}

function Chart({ sample }: { sample: number }): JSX.Element {
  const width = view.pageFrame.value.panel.width - 32;
  const said = historyOf(sample) ?? [];
  const first = said[0]?.step ?? 1;
  const last = said.at(-1)?.step ?? 2;
  const wide = width - LEFT - RIGHT;
  const x = (step: number): number =>
    LEFT + (wide * (step - first)) / Math.max(1, last - first);
  const y = (share: number): number => BASE - (BASE - TOP) * share;
  const { record, index, step: now } = shown.value!;
  const answer = record.best[0]![sample]!;
  const isRight = answer === index.labels[sample];
  return (
    <svg class="history" width={width} height={HEIGHT} aria-hidden="true">
      {rightSpans(said).map(([from, to]) => (
        <rect
          key={from}
          class="right"
          x={x(from) - 2}
          y={TOP}
          width={x(to) - x(from) + 4}
          height={BASE - TOP}
        />
      ))}
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <path class="line" d={`M${LEFT} ${y(share)}H${width - RIGHT}`} />
          <text x={LEFT - 6} y={y(share)} dy="0.36em" class="end">
            {share === 0.5 ? ".5" : share}
          </text>
        </g>
      ))}
      {stepTicks(first, last, 5).map((step) => (
        <text key={step} x={x(step)} y={BASE + 16} class="centre">
          {step}
        </text>
      ))}
      {first <= now && now <= last && (
        <path class="now" d={`M${x(now)} ${TOP}V${BASE}`} />
      )}
      {!isRight && (
        <Line points={curveOf(said, answer)} x={x} y={y} kind="answer" />
      )}
      <Line points={curveOfActual(said)} x={x} y={y} kind="actual" />
    </svg>
  );
}

function Line(props: {
  points: Point[];
  x: (step: number) => number;
  y: (share: number) => number;
  kind: string;
}): JSX.Element {
  const { points, x, y, kind } = props;
  let isOn = false;
  const path = points
    .map(({ step, share }) => {
      const starts = !isOn;
      isOn = share !== null;
      if (share === null) return "";
      return `${starts ? "M" : "L"}${x(step)} ${y(share)}`;
    })
    .join("");
  return (
    <g class={kind}>
      <path d={path} />
      {points.map(
        ({ step, share }) =>
          share !== null && (
            <circle key={step} cx={x(step)} cy={y(share)} r={1.75} />
          ),
      )}
    </g>
  );
}
