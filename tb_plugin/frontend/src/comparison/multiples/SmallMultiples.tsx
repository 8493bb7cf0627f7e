/** Small multiples: the block matrix of several epochs, side by side. */

import type { JSX } from "preact";
import { kindOf } from "../../hierarchy/selection.ts";
import { selectionName } from "../../hierarchy/selectionName.ts";
import { hasClasses, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { whole } from "../../ui/format.ts";
import { EpochMatrix, HEAD, LEFT } from "./EpochMatrix.tsx";
import * as many from "./epochSeries.ts";
import { decades, learntBy, portionOf } from "./pooling.ts";

const TITLE = 30;
const GAP = 12;
const APART = 16;

interface Grid {
  across: number;
  side: number;
  pitch: number;
}

function gridOf(count: number): Grid {
  const { width, map } = view.pageFrame.value;
  const down = count > 3 ? 2 : 1;
  const across = Math.max(Math.ceil(count / down), 1);
  const tall = (map.height - TITLE - down * HEAD - (down - 1) * GAP) / down;
  const room = width - 24 - LEFT;
  const wide = (room - (across - 1) * APART) / across;
  const side = Math.floor(Math.max(Math.min(tall, wide), 80));
  // The last column ends where the page does.
  return { across, side, pitch: (room - side) / Math.max(across - 1, 1) };
}

export function SmallMultiples(): JSX.Element {
  const { map } = view.pageFrame.value;
  const tree = view.tree.value;
  const all = many.multiples.value;
  const grid = gridOf(all.length);
  return (
    <div
      class="multiples"
      data-testid="multiples"
      style={px({ top: map.y, width: map.width, height: map.height })}
    >
      {tree && (
        <>
          <Title tree={tree} />
          <Scale />
          {all.map((multiple, i) => (
            <EpochMatrix
              key={multiple.step}
              tree={tree}
              multiple={multiple}
              side={grid.side}
              left={12 + LEFT + (i % grid.across) * grid.pitch}
              top={
                TITLE + Math.floor(i / grid.across) * (HEAD + grid.side + GAP)
              }
              isFirst={i % grid.across === 0}
            />
          ))}
        </>
      )}
    </div>
  );
}

/** Says which levels the network had learnt by which epoch. */
function Title({ tree }: { tree: Tree }): JSX.Element {
  const points = view.curves.value;
  const levels = many.headLevels.value.map(({ nodes }) => {
    const index = tree.levels.findIndex((level) => level.nodes === nodes);
    return { groups: nodes.length, step: learntBy(points, index) };
  });
  const said = levels
    .filter(({ step }) => typeof step === "number")
    .map(({ groups, step }, i) => {
      const name = nameOfLevel(tree, groups, i === 0);
      return `${name} by ${i ? "" : "epoch "}${step}`;
    });
  const isLearnt = levels.some(({ step }) => step !== null);
  const none = isLearnt
    ? "Not shown to be better in the end than before"
    : "Not shown to be better in the end than guesses";
  const undated = levels
    .filter(({ step }) => step === undefined)
    .map(({ groups }) => nameOfLevel(tree, groups, true));
  const rest = undated.length ? `; no telling when: ${undated.join(", ")}` : "";
  const found = said.length
    ? `Nearly as right as in the end, beyond chance: ${said.join(", ")}${rest}`
    : none;
  return (
    <p class="title">
      <span
        class="strong"
        data-testid="multiples-title"
        title={
          "From that epoch on, at least 90 % of the last kappa: the share of " +
          "right answers, corrected for what chance would give. No level is " +
          "named whose share of right answers (95 %, Wilson) may be that of " +
          "guesses, nor by an epoch after the first unless it was lower before " +
          "by more than samples differ by chance (99 %, Wilson), and by more " +
          "than twice what it ever fell back"
        }
      >
        {points.length ? found : "Loading epochs"}
      </span>
      <SelectionName tree={tree} />
    </p>
  );
}

function nameOfLevel(tree: Tree, groups: number, says: boolean): string {
  const isOfClasses = groups === tree.leaves.length && hasClasses(tree);
  return says || isOfClasses ? many.levelInWords(tree, groups) : whole(groups);
}

function SelectionName({ tree }: { tree: Tree }): JSX.Element | null {
  const chosen = view.selection.value;
  if (kindOf(chosen) === "all") return null;
  const { name, id } = selectionName(tree, chosen);
  return (
    <span class="chosen label">
      {id === null ? name : `${name} ${id}`} outlined
    </span>
  );
}

const SCALE = 220;

function Scale(): JSX.Element {
  const scale = many.scale.value;
  const { length } = scale.packed;
  const stops = Array.from({ length: 12 }, (_, i) => {
    const at = Math.round((i / 11) * (length - 1));
    const packed = scale.packed[at]!;
    const [r, g, b] = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
    return `rgb(${r} ${g} ${b}) ${((100 * i) / 11).toFixed(0)}%`;
  });
  return (
    <div class="scale" data-testid="multiples-scale">
      <span class="label">errors per pair of classes, log</span>
      <span
        class="ramp"
        style={{
          width: `${SCALE}px`,
          background: `linear-gradient(to right, ${stops.join(", ")})`,
        }}
      >
        {decades(scale).map((value) => (
          <span
            key={value}
            class="label"
            style={px({ left: SCALE * portionOf(scale, value) })}
          >
            {Number(value.toPrecision(1))}
          </span>
        ))}
      </span>
    </div>
  );
}
