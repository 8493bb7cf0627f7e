/** How good the answers are at every level, where nothing is selected. */

import type { JSX } from "preact";
import { comparisonView } from "../comparison/lazyComparison.ts";
import { guessedRight } from "../confusion/agreement.ts";
import type { Epoch } from "../confusion/cells.ts";
import { errorsInside, unseenInside } from "../confusion/errorsInside.ts";
import { hasClasses, type Level, type Tree } from "../hierarchy/tree.ts";
import { layout } from "../state/all.ts";
import {
  inOrderOfChange,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { isLevelWithinChance } from "../state/comparison/evidence.ts";
import { runCount, spreadOfLevel } from "../state/seeds/runSpread.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import {
  counted,
  percent,
  percentBriefly,
  plural,
  plusMinus,
  whole,
} from "../ui/format.ts";
import { measureAt, shorten } from "../ui/textFitting.ts";
import { ShareBar } from "./ShareBar.tsx";

const regular = measureAt(12);

export function LevelFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const there = otherEpoch.value;
  const isSpread = runCount.value > 1 && !there;
  // The heading names the columns, for which rows have no room.
  const isTight = layout.value.compact && (there || isSpread);
  // What the bar shows is said beside it.
  const isWide = !isTight && !unseenInside(tree, epoch, 0);
  return (
    <>
      <section aria-label="Accuracy by level" data-testid="figures">
        <h2>
          Accuracy by level{" "}
          <span class="label">
            {isTight && "chance · "}
            {isSpread
              ? `± over ${whole(runCount.value)} runs`
              : isTight
                ? "change"
                : plural(epoch.errors, "error", "errors")}
          </span>
        </h2>
        <table class="bars">
          <tbody>
            {tree.levels.map((level, index) => {
              const { groups, nodes } = level;
              const share = rightAt(nodes, epoch);
              const isLast =
                index === tree.levels.length - 1 && hasClasses(tree);
              const chance = guessedRight(nodes, epoch);
              const test = comparisonView.value?.testOfLevel(index);
              const unseen = unseenInside(tree, epoch, index);
              return (
                <tr
                  key={groups}
                  title={
                    (test ? `${test}\n` : "") +
                    `${percent(chance)} if groups were drawn as often as ` +
                    "they are predicted"
                  }
                >
                  <LevelName
                    level={level}
                    unit={isLast ? "classes" : "groups"}
                    isTight={isTight}
                  />
                  {isWide && (
                    <td class="bar">
                      <ShareBar share={share} />
                    </td>
                  )}
                  <Shares
                    share={share}
                    chance={chance}
                    unseen={
                      unseen && 1 - (1 - unseen) * (epoch.errors / epoch.total)
                    }
                    isTight={isTight}
                  />
                  {isSpread && <Spread of={spreadOfLevel(index)} />}
                  {there && (
                    <td class="number">
                      <ChangeText
                        by={changeOf(share, rightAt(nodes, there))}
                        good="more"
                        isShare
                        isChance={isLevelWithinChance(index)}
                      />
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {epoch.errors > 0 && <ErrorsInside tree={tree} epoch={epoch} />}
    </>
  );
}

/** `unseen` is the same of errors that a computed tree was not made from. */
function Shares({
  share,
  chance,
  unseen,
  isTight,
}: {
  share: number;
  chance: number;
  unseen: number | undefined;
  isTight?: unknown;
}): JSX.Element {
  // In the room of one figure it is the one that flatters nothing.
  const isNarrow = layout.value.compact;
  return (
    <>
      <td class="number">
        {isNarrow && unseen ? `unseen ${percent(unseen)}` : percent(share)}
      </td>
      <td class="number label">
        {unseen && !isNarrow && `unseen ${percent(unseen, 0)} · `}
        {!isTight && "chance "}
        {percentBriefly(chance)}
      </td>
    </>
  );
}

/** Standard deviation between runs. */
function Spread({ of }: { of: number | null }): JSX.Element {
  return <td class="number label">{of === null ? "" : plusMinus(of)}</td>;
}

/** Room for the name of a level, and beside a change. */
const NAME = 110;
const TIGHT = 80;

function LevelName({
  level: { name, groups },
  unit,
  isTight,
}: {
  level: Level;
  unit: string;
  isTight?: unknown;
}): JSX.Element {
  const size = plural(groups, "class", unit);
  if (!name) return <td>{size}</td>;
  return (
    <td title={`${name}: ${size}`}>
      {shorten(name, isTight ? TIGHT : NAME, regular)}
      {!isTight && <span class="label">{counted("", groups)}</span>}
    </td>
  );
}

/** Whether the network confuses what the tree has together. */
function ErrorsInside({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element | null {
  const levels = tree.levels.slice(0, -1);
  if (!levels.length) return null;
  return (
    <section aria-label="Errors inside their group" data-testid="errors-inside">
      <h2>Errors inside their group</h2>
      <table class="bars">
        <tbody>
          {levels.map((level, at) => {
            const { share, chance } = errorsInside(tree, epoch, level.nodes);
            const unseen = unseenInside(tree, epoch, at);
            return (
              <tr
                key={level.groups}
                title={`${percent(chance)} if wrong classes were drawn as often as they are predicted`}
              >
                <LevelName level={level} unit="groups" />
                {/* A bar would show what flatters the tree. */}
                {!unseen && (
                  <td class="bar">
                    <ShareBar share={share} />
                  </td>
                )}
                <Shares share={share} chance={chance} unseen={unseen} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function changeOf(here: number, there: number): number {
  const [from, to] = inOrderOfChange(here, there);
  return to - from;
}

/** The share of samples whose group is named, of some groups. */
function rightAt(nodes: Int32Array, { sums, total }: Epoch): number {
  return (
    nodes.reduce((sum, node) => sum + sums.truePositives[node]!, 0) / total
  );
}
