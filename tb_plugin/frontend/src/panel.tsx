/** The panel: the legend of one place, the selection. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  intruding,
  missed,
  outsideOf,
  type Pair,
  partsOf,
  type Share,
  sumBetween,
  topPairs,
} from "./confusions.ts";
import { type Epoch, precision, recall } from "./counts.ts";
import { percent, plural, whole } from "./format.ts";
import { px } from "./layout.ts";
import { glideTo, zoomTo } from "./motion.ts";
import {
  ancestors,
  classesOf,
  isLeaf,
  meet,
  meetOfNodes,
  type Tree,
  totalClasses,
} from "./tree.ts";
import * as view from "./view.ts";

export function Panel(): JSX.Element {
  const { panel } = view.layout.value;
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  const { rows, columns } = view.selection.value;
  return (
    <aside
      class="panel"
      data-testid="panel"
      aria-label="Selection"
      style={px({ left: panel.x, width: panel.width })}
    >
      {tree && (
        <>
          <Breadcrumb tree={tree} />
          {epoch && rows === columns && (
            <>
              <GroupFigures tree={tree} epoch={epoch} node={rows} />
              <Confusions tree={tree} epoch={epoch} />
              <Outside tree={tree} epoch={epoch} node={rows} />
              <Parts tree={tree} epoch={epoch} node={rows} />
            </>
          )}
          {epoch && rows !== columns && (
            <>
              <BlockFigures tree={tree} epoch={epoch} />
              <Confusions tree={tree} epoch={epoch} />
            </>
          )}
        </>
      )}
    </aside>
  );
}

function NodeLink({ tree, node }: { tree: Tree; node: number }): JSX.Element {
  return (
    <button type="button" class="link" onClick={() => view.select(node)}>
      {tree.names[node]}
    </button>
  );
}

function Breadcrumb({ tree }: { tree: Tree }): JSX.Element {
  const { rows, columns } = view.selection.value;
  const node = meetOfNodes(tree, rows, columns);
  const isGroup = rows === columns;
  const path = ancestors(tree, node).reverse();
  if (!isGroup) path.push(node);
  const samples = view.epoch.value?.sums.actual[rows];
  return (
    <nav aria-label="Selection" class="breadcrumb">
      <p class="path">
        {path.map((each) => (
          <span key={each}>
            {each === 0 ? (
              <button type="button" class="link" onClick={backToAll}>
                all
              </button>
            ) : (
              <NodeLink tree={tree} node={each} />
            )}
            {" › "}
          </span>
        ))}
      </p>
      <p class="here">
        <button
          type="button"
          class={rows === 0 ? "link strong" : "link chosen"}
          title="Zoom to it (Enter)"
          data-testid="selection"
          onClick={() => zoomTo({ rows, columns })}
        >
          {isGroup
            ? tree.names[node]
            : `${tree.names[rows]} → ${tree.names[columns]}`}
        </button>
        <span class="label">
          {isGroup && !isLeaf(tree, rows)
            ? `${plural(classesOf(tree, rows), "class", "classes")} · `
            : ""}
          {samples === undefined
            ? ""
            : `${plural(samples, "sample", "samples")}`}
        </span>
      </p>
    </nav>
  );
}

function backToAll(): void {
  view.select(0);
  glideTo(view.fullWindow());
}

interface GroupProps {
  tree: Tree;
  epoch: Epoch;
  node: number;
}

function GroupFigures({ tree, epoch, node }: GroupProps): JSX.Element {
  const { sums } = epoch;
  const { compact } = view.layout.value;
  if (node === 0) return <LevelFigures tree={tree} epoch={epoch} />;
  const name = tree.names[node]!;
  const right = recall(sums, node);
  const sure = precision(sums, node);
  const leaf = isLeaf(tree, node);
  return (
    <section aria-label="Counts">
      <div class="figures">
        <KeyMap tree={tree} node={node} />
        <table class="counts">
          <tbody>
            <Count
              key="TP"
              sign="TP"
              text={compact ? `as ${name}` : `named ${name}`}
              count={sums.inside[node]!}
            />
            {!leaf && (
              <Count
                sign=""
                text={compact ? "wrong class" : "of these, wrong class"}
                count={sums.inside[node]! - sums.right[node]!}
              />
            )}
            <Count
              sign="FN"
              text={compact ? "as other" : "named something else"}
              count={missed(sums, node)}
            />
            <Count
              sign="FP"
              text={compact ? `other as ${name}` : `others named ${name}`}
              count={intruding(sums, node)}
            />
          </tbody>
        </table>
      </div>
      <dl class="scores">
        <Score term="recall" share={right} />
        <Score term="precision" share={sure} />
        <Score term="F1" share={(2 * right * sure) / (right + sure)} />
      </dl>
    </section>
  );
}

function Count(props: {
  sign: string;
  text: string;
  count: number;
}): JSX.Element {
  return (
    <tr class={props.sign ? "" : "label"}>
      <th scope="row">{props.sign}</th>
      <td class="label">{props.text}</td>
      <td class="number">{whole(props.count)}</td>
    </tr>
  );
}

function Score({ term, share }: { term: string; share: number }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{percent(share)}</dd>
    </div>
  );
}

/** Right answers at every level, for the whole matrix. */
function LevelFigures({
  tree,
  epoch: { sums, errors, total },
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  return (
    <section aria-label="Right answers">
      <h2>
        Right at <span class="label">{whole(errors)} errors</span>
      </h2>
      <table class="bars">
        <tbody>
          {tree.levels.map(({ groups, nodes }, index) => {
            const right = nodes.reduce(
              (sum, node) => sum + sums.inside[node]!,
              0,
            );
            const isLast = index === tree.levels.length - 1;
            return (
              <tr key={groups}>
                <td>
                  {whole(groups)} {isLast ? "classes" : "groups"}
                </td>
                <td class="bar">
                  <Bar share={right / total} />
                </td>
                <td class="number">{percent(right / total)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const KEY = 88;

/** The selection's place in the matrix, with its bands. */
function KeyMap({ tree, node }: { tree: Tree; node: number }): JSX.Element {
  const total = totalClasses(tree);
  const low = (KEY * tree.edge[tree.start[node]!]!) / total;
  const size = Math.max((KEY * classesOf(tree, node)) / total, 1);
  const rightwards = low + size / 2 < KEY * 0.66;
  const downwards = low + size / 2 < KEY * 0.66;
  return (
    <svg
      class="keymap"
      viewBox={`-0.5 -0.5 ${KEY + 1} ${KEY + 1}`}
      role="img"
      aria-label="Block of the selection, its row and its column"
    >
      <rect class="tint" x={0} y={low} width={KEY} height={size} />
      <rect class="tint" x={low} y={0} width={size} height={KEY} />
      <rect class="block" x={low} y={low} width={size} height={size} />
      <rect class="frame" width={KEY} height={KEY} />
      <text
        x={rightwards ? KEY - 4 : 4}
        y={low + size / 2}
        dy="0.36em"
        text-anchor={rightwards ? "end" : "start"}
      >
        FN
      </text>
      <text
        x={Math.min(Math.max(low + size / 2, 10), KEY - 10)}
        y={downwards ? KEY - 5 : 12}
        text-anchor="middle"
      >
        FP
      </text>
    </svg>
  );
}

function BlockFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const { rows, columns } = view.selection.value;
  const count = sumBetween(tree, epoch, rows, columns);
  const samples = epoch.sums.actual[rows]!;
  const where = meetOfNodes(tree, rows, columns);
  const facts: [string, string][] = [
    ["count", `${whole(count)} of ${whole(samples)}`],
    ["share of row", percent(count / samples)],
    ["share of column", percent(count / epoch.sums.predicted[columns]!)],
    ["reverse", whole(sumBetween(tree, epoch, columns, rows))],
    ["meet at", tree.names[where]!],
    ["distance", String(tree.height[where])],
  ];
  return (
    <section aria-label="Counts">
      <table class="counts facts">
        <tbody>
          {facts.map(([term, text]) => (
            <tr key={term}>
              <th scope="row" class="label">
                {term}
              </th>
              <td class="number">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="both">
        <NodeLink tree={tree} node={rows} />
        {" · "}
        <NodeLink tree={tree} node={columns} />
      </p>
    </section>
  );
}

const FEW = 6;
const FEW_COMPACT = 4;
const MANY = 100;

const pairs = computed(() => {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  if (!tree || !epoch) return null;
  const { rows, columns } = view.selection.value;
  return topPairs(tree, epoch.cells, rows, columns, MANY);
});

function Confusions({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element | null {
  const [showsAll, setShowsAll] = useState(false);
  if (!pairs.value?.found) return null;
  const few = view.layout.value.compact ? FEW_COMPACT : FEW;
  const { pairs: top, found } = pairs.value;
  const strongest = top[0]!.count;
  return (
    <section aria-label="Top confusions" data-testid="confusions">
      <h2>
        Top confusions{" "}
        <span class="label">{plural(found, "pair", "pairs")}</span>
      </h2>
      <ul class="pairs">
        {top.slice(0, showsAll ? MANY : few).map((pair) => (
          <PairRow
            key={`${pair.row} ${pair.column}`}
            {...{ tree, epoch, pair, strongest }}
          />
        ))}
      </ul>
      {top.length > few && (
        <button
          type="button"
          class="link label"
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? "fewer" : `${whole(top.length - few)} more`}
        </button>
      )}
    </section>
  );
}

function PairRow(props: {
  tree: Tree;
  epoch: Epoch;
  pair: Pair;
  strongest: number;
}): JSX.Element {
  const { tree, epoch, pair, strongest } = props;
  const [row, column] = [tree.leaves[pair.row]!, tree.leaves[pair.column]!];
  const where = meet(tree, pair.row, pair.column);
  const share = percent(pair.count / epoch.sums.actual[row]!, 0);
  const point = (): void => {
    view.hover.value = { rows: row, columns: column, x: 0, y: 0 };
  };
  const unpoint = (): void => {
    view.hover.value = null;
  };
  return (
    <li>
      <button
        type="button"
        class="pair"
        onClick={() => goTo(row, column)}
        onMouseEnter={point}
        onMouseLeave={unpoint}
      >
        <span class="names">
          {tree.names[row]} <i>→</i> {tree.names[column]}
        </span>
        <Bar share={pair.count / strongest} />
        <span class="number">{whole(pair.count)}</span>
        <span class="about">
          {share} of row · meet at {tree.names[where]} · distance{" "}
          {tree.height[where]}
        </span>
      </button>
    </li>
  );
}

/** Selects a cell, and moves there if it is out of sight. */
function goTo(row: number, column: number): void {
  const tree = view.tree.value!;
  view.select(row, column);
  const { x, y, span } = view.shownWindow.value;
  const at = (node: number): number => tree.edge[tree.start[node]!]!;
  const isShown =
    at(row) >= y &&
    at(row) < y + span &&
    at(column) >= x &&
    at(column) < x + span;
  if (!isShown) {
    glideTo({ x: at(column) - span / 2, y: at(row) - span / 2, span });
  }
}

function Outside({ tree, epoch, node }: GroupProps): JSX.Element | null {
  if (node === 0) return null;
  // The level of the gutter when all is shown: fine, yet with names.
  const level =
    tree.levels.filter(({ groups }) => groups <= 200).at(-1) ?? tree.levels[0];
  if (!level) return null;
  const { to, from } = outsideOf(tree, epoch.cells, node, level.nodes, 4);
  if (!to.length && !from.length) return null;
  const most = Math.max(...[...to, ...from].map(({ count }) => count));
  const list = (title: string, shares: Share[]): JSX.Element => (
    <div>
      <h3>{title}</h3>
      <ul>
        {shares.map((share) => (
          <li key={share.node}>
            <NodeLink tree={tree} node={share.node} />
            <Bar share={share.count / most} />
            <span class="number">{whole(share.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <section aria-label={`Outside ${tree.names[node]}`}>
      <h2>Outside {tree.names[node]}</h2>
      <div class="outside">
        {list("FN go to", to)}
        {list("FP come from", from)}
      </div>
    </section>
  );
}

function Parts({ tree, epoch, node }: GroupProps): JSX.Element | null {
  const { sums } = epoch;
  const parts = partsOf(tree, node);
  if (!parts.length) return null;
  const areClasses = parts.every((part) => isLeaf(tree, part));
  const order = (part: number): number =>
    areClasses
      ? missed(sums, part) + intruding(sums, part)
      : classesOf(tree, part);
  parts.sort((a, b) => order(b) - order(a));
  return (
    <section aria-label="Parts" data-testid="parts">
      <table class="parts">
        <thead>
          <tr>
            <th scope="col">{areClasses ? "Classes by errors" : "Children"}</th>
            <th />
            <th />
            <th scope="col">recall</th>
            <th scope="col">FN</th>
            <th scope="col">FP</th>
          </tr>
        </thead>
        <tbody>
          {parts.slice(0, MANY).map((part) => (
            <tr key={part}>
              <td>
                <NodeLink tree={tree} node={part} />
              </td>
              <td class="number label">{whole(classesOf(tree, part))}</td>
              <td class="bar">
                <Bar share={recall(sums, part)} />
              </td>
              <td class="number">
                {Number.isFinite(recall(sums, part))
                  ? (100 * recall(sums, part)).toFixed(1)
                  : "–"}
              </td>
              <td class="number">{whole(missed(sums, part))}</td>
              <td class="number">{whole(intruding(sums, part))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Bar({ share }: { share: number }): JSX.Element {
  const width = Number.isFinite(share) ? `${100 * share}%` : "0";
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width }} />
    </span>
  );
}
