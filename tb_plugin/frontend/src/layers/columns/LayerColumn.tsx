/** One layer, and everything about it: a column. */

import type { JSX } from "preact";
import { shortName } from "../../hierarchy/shortNames.ts";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { px } from "../../state/pageLayout.ts";
import { isolated, points, signed } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { palette } from "../../ui/theme.ts";
import type { Change } from "../data/blocks.ts";
import {
  choose,
  chosenLayer,
  chosenLevel,
  inspectedLayer,
  layerNames,
  pointed,
} from "../data/chosenLayer.ts";
import {
  colourOfBlock,
  colourOfMove,
  drawnMoves,
  drawnProbes,
  matrixRows,
} from "../data/drawnProbes.ts";
import { greyStyle } from "../data/greys.ts";
import { cellInWords, share } from "../data/inWords.ts";
import { isChanceAt } from "../data/loadLayers.ts";
import { AlignmentPlot } from "./AlignmentPlot.tsx";
import { BlockMatrix } from "./BlockMatrix.tsx";
import { ABOVE, CELL, type Columns, HEAD } from "./columnLayout.ts";

/** Points over the control at which the grey is strongest. */
export const MOST_OVER = 0.15;

/** From the name of a layer to its shape. */
const NEAR = 8;
const medium = measureAt(12, 500);
const regular = measureAt(11);

interface Props {
  of: LayersRecord;
  at: number;
  columns: Columns;
}

export function LayerColumn({ of, at, columns }: Props): JSX.Element {
  const { width, side, plot } = columns;
  const name = of.layers[at]!;
  const isTold = at === inspectedLayer.value;
  const rows = matrixRows.value;
  const fits = medium(name) + regular(of.shapes[at]!) + NEAR <= width;
  const point = (level: number | null) => (): void => {
    pointed.value = { layer: at, level };
  };
  return (
    <section
      class={isTold ? "layer told" : "layer"}
      data-testid="layer"
      aria-label={isolated(name)}
      style={px({ width })}
      onPointerEnter={point(null)}
      onPointerLeave={() => {
        pointed.value = null;
      }}
    >
      <h3 style={px({ height: HEAD })} title={`${name}, ${of.shapes[at]}`}>
        <span class="name">
          {isolated(shortName(layerNames.value, at, width, medium))}
        </span>
        {fits && <span class="label">{of.shapes[at]}</span>}
      </h3>
      {of.folds > 0 &&
        of.groups.map((groups, level) => (
          <LevelCell
            key={groups}
            of={of}
            at={at}
            level={level}
            onPoint={point(level)}
            onLeave={point(null)}
          />
        ))}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cells above do the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the cells above have the keys */}
      <div onClick={() => choose(at, chosenLevel.peek())}>
        {rows.probes && <ProbeMatrix name={name} at={at} side={side} />}
        {rows.moved && <MovedMatrix name={name} at={at} side={side} />}
        <div style={px({ height: ABOVE })} />
        <AlignmentPlot of={of} at={at} width={width} height={plot} />
      </div>
    </section>
  );
}

function LevelCell(props: {
  of: LayersRecord;
  at: number;
  level: number;
  onPoint: () => void;
  onLeave: () => void;
}): JSX.Element {
  const { of, at, level, onPoint, onLeave } = props;
  const right = of.right[at]![level];
  const over = of.over[at]![level];
  const isChance = isChanceAt(at, level);
  const isChosen = at === chosenLayer.value && level === chosenLevel.value;
  // Without control, all that is known is the share itself.
  const t = of.controls ? (over ?? 0) / MOST_OVER : (right ?? 0);
  return (
    <button
      type="button"
      class={isChance ? "cell chance" : "cell"}
      data-testid="layer-cell"
      aria-pressed={isChosen}
      aria-label={cellInWords(of, at, level, isChance)}
      tabIndex={isChosen ? 0 : -1}
      style={{
        ...px({ height: CELL - 2 }),
        ...(isChance ? {} : greyStyle(palette.value, t)),
      }}
      onPointerEnter={onPoint}
      onPointerLeave={onLeave}
      onClick={() => choose(at, level)}
    >
      <span>{share(right)}</span>
      {over != null && <span class="over">{points(over)}</span>}
    </button>
  );
}

interface MatrixProps {
  name: string;
  at: number;
  side: number;
}

function ProbeMatrix({ name, at, side }: MatrixProps): JSX.Element {
  const drawn = drawnProbes.value[at];
  return (
    <div
      class="matrix"
      data-testid="layer-probe"
      style={px({ height: side + ABOVE, paddingTop: ABOVE })}
    >
      {drawn && (
        <BlockMatrix
          kind="probe"
          tree={drawn.tree}
          edge={drawn.blocks.edge}
          side={side}
          about={drawn.blocks}
          colour={colourOfBlock(drawn.blocks)}
          label={`Answers of the class probe at ${isolated(name)}, ${drawn.blocks.nodes.length} groups`}
        />
      )}
    </div>
  );
}

function MovedMatrix({ name, at, side }: MatrixProps): JSX.Element {
  const drawn = drawnMoves.value[at];
  return (
    <div
      class="matrix"
      data-testid="layer-moved"
      style={px({ height: side + ABOVE })}
    >
      <p style={{ ...px({ height: ABOVE, maxWidth: side }) }}>
        {drawn && <Side word="out" change={drawn.moved.out} side={side} />}
        {drawn && <Side word="in" change={drawn.moved.inside} side={side} />}
      </p>
      {drawn && (
        <BlockMatrix
          kind="moved"
          tree={drawn.tree}
          edge={drawn.blocks.edge}
          side={side}
          about={drawn.moved}
          colour={colourOfMove(drawn)}
          label={`Errors at ${isolated(name)} against untrained: ${signed(drawn.moved.out.by)} leave their group, ${signed(drawn.moved.inside.by)} stay inside`}
        />
      )}
    </div>
  );
}

/** Width of a matrix that has room for long numbers. */
const ROOMY = 110;

/** −703, but −1.3K and −14K: two of them stand above a small matrix. */
function brief(by: number, side: number): string {
  const size = Math.abs(by);
  if (size < (side < ROOMY ? 1e3 : 1e4)) return signed(by);
  return `${signed(by / 1e3, size < 1e4 || side >= ROOMY ? 1 : 0)}K`;
}

function Side(props: {
  word: string;
  change: Change;
  side: number;
}): JSX.Element {
  const { by, isBeyond } = props.change;
  const sign = by < 0 ? "better" : "worse";
  return (
    <span>
      {props.word}{" "}
      <b class={isBeyond ? `change ${sign}` : "change"}>
        {brief(by, props.side)}
      </b>
    </span>
  );
}
