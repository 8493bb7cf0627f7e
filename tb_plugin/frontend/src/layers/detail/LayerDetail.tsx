/** The panel: one layer, in numbers. */

import type { ComponentChildren, JSX } from "preact";
import { shortName } from "../../hierarchy/shortNames.ts";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { layout } from "../../state/view.ts";
import { isolated, whole } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { bestLayer, inspectedLayer, layerNames } from "../data/chosenLayer.ts";
import { drawnProbes } from "../data/drawnProbes.ts";
import {
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
import { AskedLayers } from "./AskedLayers.tsx";
import { LabelledMatrix } from "./LabelledMatrix.tsx";
import { LevelTable } from "./LevelTable.tsx";

const [small, medium] = [measureAt(11), measureAt(13, 500)];
/** What the panel keeps free around a name and the shape beside it. */
const AROUND = 52;

export function LayerDetail(): JSX.Element | null {
  const of = record.value;
  const at = inspectedLayer.value;
  if (!of) return null;
  const drawn = drawnProbes.value[at];
  const room = layout.value.panel.width - AROUND - small(of.shapes[at]!);
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
      <AskedLayers of={of} beaten={answered.value?.found.beaten ?? null} />
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
