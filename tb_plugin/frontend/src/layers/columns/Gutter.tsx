/** What the rows of the columns are, left of them. */

import type { ComponentChildren, JSX } from "preact";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { px } from "../../state/pageLayout.ts";
import { isolated, plural, signed, whole } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";
import { chosenLevel, inspectedLayer } from "../data/chosenLayer.ts";
import {
  CHANCE,
  type Drawn,
  drawnMoves,
  drawnProbes,
  MOST_MOVED,
  matrixRows,
  movesTested,
} from "../data/drawnProbes.ts";
import { bestOf, levelName, share } from "../data/inWords.ts";
import { AlignmentAxis } from "./AlignmentPlot.tsx";
import { type Kind, pointedBlock } from "./BlockMatrix.tsx";
import { ABOVE, CELL, type Columns, HEAD } from "./columnLayout.ts";

/** As layers.css has it, left and right. */
const PADDING = 12;

export function Gutter(props: {
  of: LayersRecord;
  columns: Columns;
}): JSX.Element {
  const { of, columns } = props;
  const { gutter, side, plot } = columns;
  const rows = matrixRows.value;
  const at = inspectedLayer.value;
  return (
    <div class="gutter" style={px({ width: gutter })}>
      <p class="label line" style={px({ height: HEAD })}>
        {of.folds > 0 && <span>level</span>}
        {of.folds > 0 && (
          <span>{of.controls ? "untrained" : "no control"}</span>
        )}
      </p>
      {of.folds > 0 && <Levels of={of} />}
      {rows.probes && (
        <Row height={side} name={levelName(of, chosenLevel.value)} isChosen>
          <Pooled at={at} of={of} />
          <p class="label">
            {said("probe", at, drawnProbes.value[at]) ??
              "class probes; right answers grey"}
          </p>
          <Ramp
            stops={palette.value.density}
            ends={[`${CHANCE.low}`.replace("0.25", "¼"), `${CHANCE.high}`]}
          />
          <p class="label">errors, times chance</p>
        </Row>
      )}
      {rows.moved && (
        <Row height={side} name="Moved">
          <p class="label">
            {said("moved", at, drawnMoves.value[at]) ?? movesInWords()}
          </p>
          <Ramp
            stops={palette.value.changes}
            ends={[signed(-MOST_MOVED, 1), signed(MOST_MOVED, 1)]}
          />
          <p class="label line">
            <span class="change better">fewer</span>
            <span class="change worse">more</span>
          </p>
        </Row>
      )}
      <Row height={plot} name="Tree alignment">
        <p class="label beside">
          {of.controls ? "dashed: best untrained" : "no control"}
        </p>
        <p class="label beside">grey: permuted trees</p>
        <div class="axis">
          <AlignmentAxis width={gutter - 2 * PADDING} height={plot} />
        </div>
      </Row>
    </div>
  );
}

function Levels({ of }: { of: LayersRecord }): JSX.Element {
  const best = bestOf(of.control_right);
  return (
    <>
      {of.groups.map((groups, level) => (
        <p
          key={groups}
          class={level === chosenLevel.value ? "line chosen" : "line"}
          style={px({ height: CELL })}
        >
          <span>{levelName(of, level)}</span>
          {of.controls > 0 && <span class="label">{share(best[level])}</span>}
        </p>
      ))}
    </>
  );
}

function Row(props: {
  height: number;
  name: string;
  isChosen?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const { height, name, isChosen, children } = props;
  return (
    <div class="row" style={px({ height: height + ABOVE, paddingTop: ABOVE })}>
      <h3 class={isChosen ? "chosen" : ""}>{name}</h3>
      {children}
    </div>
  );
}

function Ramp(props: {
  stops: readonly string[];
  ends: [string, string];
}): JSX.Element {
  return (
    <p class="label line ramp">
      {props.ends[0]}
      <i style={{ background: `linear-gradient(90deg, ${props.stops})` }} />
      {props.ends[1]}
    </p>
  );
}

/** Where more groups than these were chosen; what is pointed at is one. */
function Pooled(props: { at: number; of: LayersRecord }): JSX.Element | null {
  const drawn = drawnProbes.value[props.at]?.blocks.nodes.length;
  if (!drawn || drawn === props.of.groups[chosenLevel.value]) return null;
  return <p class="label">{`pooled to ${plural(drawn, "group", "groups")}`}</p>;
}

/** The family: what is grey was tested with all others. */
function movesInWords(): string {
  const { found = 0, tested = 0 } = movesTested.value ?? {};
  const cells = `${whole(found)} of ${plural(tested, "cell", "cells")}`;
  return `errors less untrained; ${cells} beyond chance`;
}

/** The block that the pointer is on, of the layer that is told. */
function said(
  kind: Kind,
  at: number,
  drawn: Drawn | null | undefined,
): string | null {
  const now = pointedBlock.value;
  if (now?.kind !== kind || !drawn) return null;
  const { nodes, counts, errors, chance } = drawn.blocks;
  const { row, column } = now;
  const [from, to] = [nodes[row], nodes[column]];
  if (from === undefined || to === undefined) return null;
  const name = (node: number): string => isolated(drawn.tree.names[node]!);
  const where = row * nodes.length + column;
  if (kind === "moved") {
    const there =
      from === to ? `inside ${name(from)}` : `${name(from)} → ${name(to)}`;
    return `${there}: ${movedBy(at, where)}`;
  }
  const count = counts[where]!;
  if (row === column) return `${name(from)}: ${whole(count)} right`;
  const beside = besideChance(errors[where]!, chance[where]!);
  return `${name(from)} → ${name(to)}: ${whole(count)}${beside}`;
}

/** Errors as a multiple of what chance would give. */
export function besideChance(errors: number, chance: number): string {
  // Of a group that has no samples, or is never named, chance gives none.
  if (chance === 0) return "";
  const times = errors / chance;
  const isSlight = errors > 0 && times < 0.05;
  return `, ${isSlight ? "<0.1" : times.toFixed(1)} × chance`;
}

function movedBy(at: number, where: number): string {
  const drawn = drawnMoves.value[at]!;
  const { errors } = drawn.blocks;
  const by = errors[where]! - drawn.before.errors[where]!;
  const isWithin = Number.isNaN(drawn.moved.change[where]!);
  return `${signed(by)}${isWithin ? ", within chance" : ""}`;
}
