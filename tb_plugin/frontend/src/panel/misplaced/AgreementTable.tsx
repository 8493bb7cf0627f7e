/** A tree beside the one that the errors make, level by level. */

import type { JSX } from "preact";
import type { Epoch } from "../../confusion/cells.ts";
import { errorsInside } from "../../confusion/errorsInside.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { AgreementAnswer } from "../../server/agreementAnswer.ts";
import { pageFrame } from "../../state/all.ts";
import { percentBriefly, whole } from "../../ui/format.ts";

const TITLES = {
  agreement:
    "Adjusted Rand index of the groups of this tree and as many groups that " +
    "the errors make: 0 by chance, 1 for the same groups",
  halves:
    "The same for the trees of two halves of the errors: they differ by " +
    "chance alone",
  inside: "Errors inside the groups of this tree",
  errors:
    "Errors inside as many groups that the errors make: those that these " +
    "groups were not made from (each half of the errors in those of the other)",
  chance:
    "Errors inside the groups of this tree if wrong classes were drawn as " +
    "often as they are predicted",
};

/** @param props with what the server says, or has not said yet, if anything */
export function AgreementTable(props: {
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
          {head(isWide ? "agreement" : "agree", TITLES.agreement)}
          {isWide && head("halves", TITLES.halves)}
          {head("inside", TITLES.inside)}
          {head(isWide ? "errors’ own" : "own", TITLES.errors)}
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
