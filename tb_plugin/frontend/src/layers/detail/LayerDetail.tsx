/** The panel: one layer, in numbers. */

import type { ComponentChildren, JSX } from "preact";
import { shortName } from "../../hierarchy/shortNames.ts";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import * as view from "../../state/all.ts";
import { pageFrame } from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { inPercent, isolated, whole } from "../../ui/format.ts";
import { lazy } from "../../ui/lazy.ts";
import { measureAt, place } from "../../ui/textFitting.ts";
import { BlockMatrix } from "../columns/BlockMatrix.tsx";
import {
  bestLayer,
  inspectedLayer,
  inspectedLevel,
  layerNames,
} from "../data/chosenLayer.ts";
import { colourOfBlock, type Drawn, drawnProbes } from "../data/drawnProbes.ts";
import {
  bestOf,
  levelName,
  type Maybe,
  plainWithin,
  pointsWithin,
  share,
  signedWithin,
  upTo,
} from "../data/inWords.ts";
import {
  answered,
  isAsGoodAsBest,
  isChanceOf,
  record,
} from "../data/loadLayers.ts";

/** The end of the panel comes behind the columns. */
const asked = lazy(() => import("./AskedLayers.tsx"));

function LevelTable(props: { of: LayersRecord; at: number }): JSX.Element {
  const { of, at } = props;
  const [right, recall] = [bestOf(of.control_right), bestOf(of.control_recall)];
  const hasControl = of.controls > 0;
  return (
    <table class="levels-of-layer" data-testid="layer-levels">
      <thead>
        <tr class="label">
          <th scope="col">percent</th>
          <th scope="col">right</th>
          {hasControl && <th scope="col">untr.</th>}
          <th scope="col">mean recall</th>
          {hasControl && <th scope="col">untr.</th>}
        </tr>
      </thead>
      <tbody>
        {of.groups.map((groups, level) => (
          <tr
            key={groups}
            class={level === inspectedLevel.value ? "chosen" : ""}
          >
            <th scope="row">{levelName(of, level)}</th>
            <Share of={of.right[at]![level]} se={of.right_se[at]![level]} />
            {hasControl && (
              <td class="number label">{inPercent(right[level])}</td>
            )}
            <Share of={of.recall[at]![level]} se={of.recall_se[at]![level]} />
            {hasControl && (
              <td class="number label">{inPercent(recall[level])}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** 43.7 ± 0.7; where there is little room, without how far it is believed. */
function Share({ of, se }: { of: Maybe; se: Maybe }): JSX.Element {
  return (
    <td class="number">
      {inPercent(of)}
      {se != null && <span class="se"> ± {inPercent(se)}</span>}
    </td>
  );
}

const [LARGE, COMPACT] = [212, 152];
const PITCH = 12;
const MOST_MOVED = 20;
/** From a name to its row. */
const LEADER = 16;
/** What the panel keeps free around what it holds. */
const PADDING = 33;

const regular = measureAt(11);

function LabelledMatrix(props: { drawn: Drawn; name: string }): JSX.Element {
  const { tree, blocks } = props.drawn;
  const { panel, compact } = view.pageFrame.value;
  const side = compact ? COMPACT : LARGE;
  const left = panel.width - PADDING - side;
  const perPlace = side / blocks.edge.at(-1)!;
  const rows = Array.from(blocks.nodes, (node, at) => {
    const [low, high] = [blocks.edge[at]!, blocks.edge[at + 1]!];
    return {
      node,
      wanted: ((low + high) / 2) * perPlace,
      weight: high - low,
    };
  });
  const bounds = { pitch: PITCH, low: 5, high: side - 5 };
  return (
    <section aria-label="Its answers" class="labelled">
      <svg width={left} height={side} aria-hidden="true">
        {place(rows, bounds, MOST_MOVED).map(({ item, at }) => (
          <g key={item.node}>
            <path d={`M${left - LEADER} ${at}L${left - 3} ${item.wanted}`} />
            <text x={left - LEADER - 3} y={at} dy="0.36em">
              {shortName(tree, item.node, left - LEADER - 4, regular)}
            </text>
          </g>
        ))}
      </svg>
      <div style={px({ width: side })}>
        <BlockMatrix
          kind="probe"
          tree={tree}
          edge={blocks.edge}
          side={side}
          about={blocks}
          colour={colourOfBlock(blocks)}
          label={`Answers of the class probe at ${isolated(props.name)}, large`}
        />
      </div>
    </section>
  );
}

const [small, medium] = [measureAt(11), measureAt(13, 500)];
/** What the panel keeps free around a name and the shape beside it. */
const AROUND = 52;

export function LayerDetail(): JSX.Element | null {
  const of = record.value;
  const at = inspectedLayer.value;
  if (!of) return null;
  const drawn = drawnProbes.value[at];
  const room = pageFrame.value.panel.width - AROUND - small(of.shapes[at]!);
  const part = asked();
  return (
    <div class="layer-detail" data-testid="layer-detail">
      <div class="place">
        <h2 class="chosen" data-testid="layer-name">
          <span class="name" title={of.layers[at]}>
            {isolated(shortName(layerNames.value, at, room, medium))}
          </span>{" "}
          <span class="label">{of.shapes[at]}</span>
        </h2>
        <p class="label">
          {`${whole(of.features[at]!)} features`}
          {of.pools[at] && `, pooled ${of.pools[at]}`}
        </p>
        {of.folds > 0 && <Penalty of={of} at={at} />}
      </div>
      {drawn && <LabelledMatrix drawn={drawn} name={of.layers[at]!} />}
      {of.folds > 0 && (
        <section aria-label="Levels">
          <LevelTable of={of} at={at} />
          <p class="label">{behind(of, at)}</p>
        </section>
      )}
      <section aria-label="Tree alignment">
        <h2>
          Tree alignment{" "}
          <span class="label">
            {of.band == null ? "" : `permuted trees below ${upTo(of.band)}`}
          </span>
        </h2>
        <dl>
          <Fact name="correlation with the tree">
            {plainWithin(of.alignment[at], of.alignment_se[at])}
          </Fact>
          {of.controls > 0 && (
            <Fact
              name="over the best untrained layer"
              isChance={isChanceOf("alignment_over", at)}
            >
              {signedWithin(of.alignment_over[at], of.alignment_over_se[at])}
            </Fact>
          )}
        </dl>
      </section>
      {of.adds_loss[at] != null && <Adds of={of} at={at} />}
      {part && (
        <part.AskedLayers
          of={of}
          beaten={answered.value?.found.beaten ?? null}
        />
      )}
    </div>
  );
}

function Penalty({ of, at }: { of: LayersRecord; at: number }): JSX.Element {
  return (
    <p class="label" data-testid="layer-penalty">
      {`penalty ${Number(of.penalty[at]?.toPrecision(2))}`}
      {of.at_edge[at] && <b class="change worse">, at the edge of the range</b>}
    </p>
  );
}

function behind(of: LayersRecord, at: number): string {
  const best = bestLayer(of);
  if (at === best) return "the best layer at the classes";
  const by = of.behind[at];
  if (by == null) return "";
  const points = pointsWithin(Math.abs(by), of.behind_se[at]).replace("+", "");
  const chance = isAsGoodAsBest(at) ? ", within chance" : "";
  return `${points} points behind ${of.layers[best]} at the classes${chance}`;
}

function Adds({ of, at }: { of: LayersRecord; at: number }): JSX.Element {
  return (
    <section aria-label="What it adds" data-testid="layer-adds">
      <h2>
        What it adds{" "}
        <span class="label">
          {of.output_right == null
            ? "to the output"
            : `to an output that is ${share(of.output_right)} right`}
        </span>
      </h2>
      <dl>
        <Adding
          name="error, points"
          isChance={isChanceOf("adds_error", at)}
          all={pointsWithin(of.adds_error[at], of.adds_error_se[at])}
          over={
            of.adds_error_over[at] != null &&
            pointsWithin(of.adds_error_over[at], of.adds_error_over_se[at])
          }
        />
        <Adding
          name="log loss"
          isChance={isChanceOf("adds_loss", at)}
          all={signedWithin(of.adds_loss[at], of.adds_loss_se[at], 3)}
          over={
            of.adds_loss_over[at] != null &&
            signedWithin(of.adds_loss_over[at], of.adds_loss_over_se[at], 3)
          }
        />
      </dl>
    </section>
  );
}

/** What asking adds, and how much of it no untrained layer would. */
function Adding(props: {
  name: string;
  isChance: boolean;
  all: string;
  over: string | false;
}): JSX.Element {
  const { name, isChance, all, over } = props;
  return (
    <>
      <Fact name={name} isChance={isChance && !over}>
        {all}
      </Fact>
      {over && (
        <Fact name="over this layer untrained" isChance={isChance}>
          {over}
        </Fact>
      )}
    </>
  );
}

/** A number by its name; what is within chance says so. */
function Fact(props: {
  name: string;
  isChance?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const { name, isChance, children } = props;
  return (
    <div>
      <dt>
        {name}
        {isChance && <i> within chance</i>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
