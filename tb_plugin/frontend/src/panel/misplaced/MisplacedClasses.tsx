/** How far a tree and the errors agree, and which classes these would move. */

import type { JSX } from "preact";
import type { Epoch } from "../../confusion/cells.ts";
import { errorsInside } from "../../confusion/errorsInside.ts";
import { fullName } from "../../hierarchy/classNames.ts";
import { shareRoom } from "../../hierarchy/shortNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { AgreementAnswer } from "../../server/agreementAnswer.ts";
import * as view from "../../state/all.ts";
import { pageFrame } from "../../state/all.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { percent, percentBriefly, plural, whole } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { listedGroup } from "../classes/listedClasses.ts";
import { ListHead } from "../ListHead.tsx";
import { goToClass } from "../listedPairs.ts";
import longList from "../longConfusionList.css?inline";
import { NodeName, nameWidth, panelRoom, pointing } from "../NodeLink.tsx";
import { ShareBar } from "../ShareBar.tsx";
import style from "./misplaced.css?inline";
import { found, type Move, moves } from "./moves.ts";

addStyle(longList + style);

const PITCH = 34;
const regular = measureAt(12);

interface Props {
  tree: Tree;
  epoch: Epoch;
}

export function MisplacedClasses({ tree, epoch }: Props): JSX.Element {
  const answer = found.value?.found;
  const listed = moves.value;
  const group = listedGroup.value;
  return (
    <section
      class="long"
      aria-label="Misplaced classes"
      data-testid="misplaced"
    >
      <ListHead>
        {listed && (
          <span class="label">
            {whole(listed.length)} of{" "}
            {plural(tree.stop[group]! - tree.start[group]!, "class", "classes")}
          </span>
        )}
      </ListHead>
      <Agreement tree={tree} epoch={epoch} />
      {answer && listed ? (
        <>
          <p class="label" data-testid="moves">
            {meaningOf(listed.length, tree, answer)}
          </p>
          <VirtualList
            label="Misplaced classes"
            count={listed.length}
            pitch={PITCH}
            of={[answer, group]}
            row={(index) => <MoveRow tree={tree} move={listed[index]!} />}
          />
        </>
      ) : (
        <p class="label" role="status" data-testid="no-moves">
          {found.value?.error
            ? `Not compared: ${found.value.error}`
            : "Comparing the tree with the errors …"}
        </p>
      )}
    </section>
  );
}

/** Of a tree that was made from errors, agreement is no evidence. */
function Agreement({ tree, epoch }: Props): JSX.Element {
  if (tree.computed?.origin === "confusions") {
    return (
      <p class="label" data-testid="own-tree">
        This tree was computed from errors: that it agrees with them is no news.
      </p>
    );
  }
  const answer = found.value?.found;
  return (
    <>
      <AgreementTable tree={tree} epoch={epoch} of={answer?.agreement} />
      {answer?.why && (
        <p class="label" data-testid="no-agreement">
          {answer.why}
        </p>
      )}
    </>
  );
}

function meaningOf(
  count: number,
  tree: Tree,
  { levels }: AgreementAnswer,
): string {
  const power = levels.map(
    ({ planted, planted_found }, at) =>
      `${whole(planted_found)} of ${whole(planted)} at ` +
      plural(tree.levels[at]!.groups, "group", "groups"),
  );
  const said = count
    ? "Shown to be confused with another group more than with the rest of " +
      "their own, beyond chance."
    : "No class is shown to be confused with another group more than with " +
      "the rest of its own.";
  return power.length
    ? `${said} Of classes put into a wrong group, these errors would show ` +
        `${power.join(", ")}.`
    : said;
}

function MoveRow({ tree, move }: { tree: Tree; move: Move }): JSX.Element {
  const { node, own, other, withOwn, withOther, levels } = move;
  const { rows, columns } = view.selection.value;
  const isChosen = rows === node && columns === node;
  const beside =
    (view.pageFrame.value.compact ? 28 : 44) +
    Math.max(30, regular(whole(withOther))) +
    12;
  const rooms = shareRoom(
    nameWidth(tree, node),
    nameWidth(tree, other),
    panelRoom() - beside - regular(" under "),
  );
  const [first, ...finer] = levels.map((level) => tree.levels[level]!.groups);
  const where =
    `at ${plural(first!, "group", "groups")}` +
    (finer.length ? " and finer" : "");
  return (
    <button
      type="button"
      class={isChosen ? "pair chosen" : "pair"}
      aria-pressed={isChosen}
      title={[
        `${fullName(tree, node)}: ${plural(withOther, "error", "errors")} with ` +
          `${fullName(tree, other)}, ${whole(withOwn)} with the rest of ` +
          `${fullName(tree, own)}, both ways`,
        `so in ${percent(move.support, 0)} of draws of its errors`,
        `false discoveries ${Number(move.q.toPrecision(2))} (Benjamini-Hochberg)`,
        `at ${[first!, ...finer].map(whole).join(", ")} groups`,
      ].join("\n")}
      onClick={() => goToClass(node)}
      {...pointing(node, other)}
    >
      <span class="names one-line">
        <NodeName tree={tree} node={node} room={rooms[0]} /> <i>under</i>{" "}
        <NodeName tree={tree} node={other} room={rooms[1]} />
      </span>
      <ShareBar share={withOther / (withOther + withOwn)} />
      <span class="number">{whole(withOther)}</span>
      <span class="about one-line">
        {whole(withOwn)} with its own, {tree.names[own]} · {where}
      </span>
    </button>
  );
}

const TITLES = {
  agreement:
    "Adjusted Rand index of the groups of this tree and as many groups that " +
    "the errors make: 0 by chance, 1 for the same groups",
  halves:
    "The same for the trees of two halves of the errors, which differ by " +
    "chance alone. All errors tell more than a half: your tree may agree better",
  inside: "Errors inside the groups of this tree",
  errors:
    "Errors inside as many groups that the errors make: those that these " +
    "groups were not made from (each half of the errors in those of the other)",
  chance:
    "Errors inside the groups of this tree if wrong classes were drawn as " +
    "often as they are predicted",
};

/** @param props with what the server says, or has not said yet, if anything */
function AgreementTable(props: {
  tree: Tree;
  epoch: Epoch;
  of: AgreementAnswer["agreement"] | undefined;
}): JSX.Element | null {
  const { tree, epoch, of } = props;
  const levels = tree.levels.slice(0, -1);
  const isWide = !pageFrame.value.compact;
  const share = (value: number | null | undefined): string => {
    if (value === undefined) return of === undefined ? "…" : "–";
    return percentBriefly(value ?? Number.NaN);
  };
  const index = (value: number | null | undefined): string =>
    value?.toFixed(2) ?? (of === undefined ? "…" : "–");
  const head = (text: string, title: string): JSX.Element => (
    <th scope="col" class="number" title={title}>
      <span class="label">{text}</span>
    </th>
  );
  if (!levels.length) return null;
  return (
    <table class="agreement" data-testid="agreement">
      <caption class="label">
        This tree, and as many groups that the errors make:
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="label">groups</span>
          </th>
          {head("agree", TITLES.agreement)}
          {isWide && head("two halves", TITLES.halves)}
          {head("inside", TITLES.inside)}
          {head(isWide ? "inside theirs" : "theirs", TITLES.errors)}
          {head("chance", TITLES.chance)}
        </tr>
      </thead>
      <tbody>
        {levels.map(({ groups, name, nodes }, at) => {
          const inside = errorsInside(tree, epoch, nodes);
          return (
            <tr key={groups} title={name || undefined}>
              <td>{whole(groups)}</td>
              <td class="number">{index(of?.adjusted_rand[at])}</td>
              {isWide && <td class="number label">{index(of?.halves[at])}</td>}
              <td class="number">{share(inside.share)}</td>
              <td class="number">{share(of?.errors_unseen[at])}</td>
              <td class="number label">{share(inside.chance)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
