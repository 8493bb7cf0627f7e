/** How good the answers are at every level, where nothing is selected. */

import type { ComponentChildren, JSX } from "preact";
import { comparisonView } from "../comparison/lazyComparison.ts";
import { guessedRight } from "../confusion/agreement.ts";
import type { Epoch } from "../confusion/cells.ts";
import { errorsInside, unseenInside } from "../confusion/errorsInside.ts";
import { hasClasses, type Level, type Tree } from "../hierarchy/tree.ts";
import { pageFrame } from "../state/all.ts";
import {
  inOrderOfChange,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { isLevelWithinChance } from "../state/comparison/evidence.ts";
import { runCount, spreadOfLevel } from "../state/seeds/runSpread.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import {
  counted,
  inPercent,
  percent,
  plural,
  plusMinus,
  whole,
} from "../ui/format.ts";
import { measureAt, shorten } from "../ui/textFitting.ts";

const regular = measureAt(12);

/** Shares at a level, each with what chance would give. */
interface Figures {
  right: number;
  chance: number;
  inside: number;
  insideChance: number;
  /** Whether they are estimates: the tree was made from these errors. */
  isHeldOut: boolean;
}

function figuresAt(tree: Tree, epoch: Epoch, at: number): Figures {
  const { nodes } = tree.levels[at]!;
  const { share, chance } = errorsInside(tree, epoch, nodes);
  const unseen = unseenInside(tree, epoch, at);
  return {
    right:
      unseen === undefined
        ? rightAt(nodes, epoch)
        : 1 - (1 - unseen) * (epoch.errors / epoch.total),
    chance: guessedRight(nodes, epoch),
    inside: unseen ?? share,
    insideChance:
      unseen === undefined
        ? chance
        : (tree.computed?.inside_chance?.[at] ?? chance),
    isHeldOut: unseen !== undefined,
  };
}

export function LevelFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const there = otherEpoch.value;
  const isSpread = runCount.value > 1 && !there;
  const last = tree.levels.length - 1;
  // A narrow panel has no room for the spread beside it.
  const isCrowded = pageFrame.value.compact && isSpread;
  const hasInside = !there && !isCrowded && epoch.errors > 0 && last > 0;
  const figures = tree.levels.map((_, at) => figuresAt(tree, epoch, at));
  return (
    <section aria-label="Accuracy by level" data-testid="figures">
      <table class="scores-by-level">
        <thead>
          <tr class="label">
            <th scope="col">groups</th>
            <Head>right, %</Head>
            <Head>chance</Head>
            {hasInside && (
              <>
                <Head>errors inside, %</Head>
                <Head>chance</Head>
              </>
            )}
            {isSpread && <Head>± over {whole(runCount.value)} runs</Head>}
            {there && <Head>change</Head>}
          </tr>
        </thead>
        <tbody>
          {tree.levels.map((level, at) => {
            const { right, chance, inside, insideChance } = figures[at]!;
            const isInside = hasInside && at < last;
            return (
              <tr key={level.groups} title={inWords(figures[at]!, at)}>
                <LevelName
                  level={level}
                  unit={at === last && hasClasses(tree) ? "classes" : "groups"}
                />
                <td class="number">{inPercent(right)}</td>
                <Chance share={chance} />
                {isInside && <td class="number">{inPercent(inside)}</td>}
                {isInside && <Chance share={insideChance} />}
                {isSpread && <Spread of={spreadOfLevel(at)} />}
                {there && (
                  <td class="number">
                    <ChangeText
                      by={changeOf(right, rightAt(level.nodes, there))}
                      good="more"
                      isShare
                      isChance={isLevelWithinChance(at)}
                    />
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      {figures.some(({ isHeldOut }) => isHeldOut) && (
        <p class="label">Estimated for errors that did not make this tree.</p>
      )}
    </section>
  );
}

function Head({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <th scope="col" class="number">
      {children}
    </th>
  );
}

function Chance({ share }: { share: number }): JSX.Element {
  return <td class="number label">{inPercent(share, share < 0.01 ? 1 : 0)}</td>;
}

/** What the numbers of a row stand for. */
function inWords({ chance, insideChance }: Figures, at: number): string {
  const test = comparisonView.value?.testOfLevel(at);
  return [
    ...(test ? [test] : []),
    `right: ${percent(chance)} if groups were drawn as often as predicted`,
    "errors inside: of the wrong answers, those within the right group; " +
      `${percent(insideChance)} if wrong classes were drawn as often as ` +
      "predicted",
  ].join("\n");
}

/** Standard deviation between runs. */
function Spread({ of }: { of: number | null }): JSX.Element {
  return <td class="number label">{of === null ? "" : plusMinus(of)}</td>;
}

/** Room for the name of a level. */
const NAME = 84;

function LevelName({
  level: { name, groups },
  unit,
}: {
  level: Level;
  unit: string;
}): JSX.Element {
  const size = plural(groups, "class", unit);
  if (!name) return <td>{unit === "groups" ? whole(groups) : size}</td>;
  return (
    <td title={`${name}: ${size}`}>
      {shorten(name, NAME - regular(counted("", groups)), regular)}
      <span class="label">{counted("", groups)}</span>
    </td>
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
