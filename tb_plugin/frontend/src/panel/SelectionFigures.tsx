/** What the panel says of a selection: it comes with the first. */

import type { JSX } from "preact";
import { outsideOf, type Share } from "../confusion/blocks.ts";
import type { Epoch } from "../confusion/cells.ts";
import { fullName } from "../hierarchy/classNames.ts";
import { kindOf, type Selection } from "../hierarchy/selection.ts";
import { shortName } from "../hierarchy/shortNames.ts";
import { contains, type Tree } from "../hierarchy/tree.ts";
import { cut, pageFrame, select } from "../state/all.ts";
import { addStyle } from "../ui/addStyle.ts";
import { brief } from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";
import {
  BandFigures,
  BlockFigures,
  RectangleFigures,
} from "./BlockFigures.tsx";
import { GroupFigures } from "./GroupFigures.tsx";
import type { GroupProps } from "./groupProps.ts";
import { panelRoom, pointing, TellingId } from "./NodeLink.tsx";
import { ShareBar } from "./ShareBar.tsx";
import style from "./selectionFigures.css?inline";

addStyle(style);

export function SelectionFigures(props: {
  tree: Tree;
  epoch: Epoch;
  selection: Selection;
}): JSX.Element {
  const { rows, columns, box } = props.selection;
  const kind = kindOf(props.selection);
  if (box) return <RectangleFigures {...props} box={box} />;
  if (kind === "block") return <BlockFigures {...props} />;
  if (kind === "group") return <GroupFigures {...props} node={rows} />;
  return <BandFigures {...props} node={rows || columns} />;
}

const regular = measureAt(12);
const REST = "rest of ";
/** Width of a name at the least. */
const LEAST = 24;

export function Neighbours(
  props: GroupProps & { kind: ReturnType<typeof kindOf> },
): JSX.Element | null {
  const { tree, epoch, node, kind } = props;
  // What has two sides is no group.
  if (kind === "block" || kind === "rectangle") return null;
  const groups = cut.value;
  if (!groups) return null;
  const { to, from } = outsideOf(tree, epoch.cells, node, groups, 4);
  if (!to.length && !from.length) return null;
  const most = Math.max(...[...to, ...from].map(({ count }) => count));
  // Beside a name: a bar, and gaps.
  const { compact } = pageFrame.value;
  const room = compact
    ? (panelRoom() - 12) / 2 - 16 - 8
    : (panelRoom() - 16) / 2 - 30 - 12;
  const list = (title: string, shares: Share[], isTo: boolean): JSX.Element => (
    <div>
      <h3>{title}</h3>
      <ul>
        {shares.map((share) => {
          const [rows, columns] = isTo
            ? [node, share.node]
            : [share.node, node];
          return (
            <li key={share.node}>
              <button
                type="button"
                class="link"
                title={`${fullName(tree, rows)} → ${fullName(tree, columns)}`}
                onClick={() => select(rows, columns)}
                {...pointing(rows, columns)}
              >
                {contains(tree, share.node, node) ? REST : ""}
                {shortName(
                  tree,
                  share.node,
                  Math.max(
                    room -
                      (contains(tree, share.node, node) ? regular(REST) : 0) -
                      regular(brief(most)),
                    LEAST,
                  ),
                  regular,
                )}
                <TellingId tree={tree} node={share.node} />
              </button>
              <ShareBar share={share.count / most} />
              <span class="number">{brief(share.count)}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
  return (
    <section aria-label={`Outside ${tree.names[node]}`} data-testid="outside">
      <h2>Outside {tree.names[node]}</h2>
      <div class="outside">
        {kind !== "column band" && list("Missed as", to, true)}
        {kind !== "row band" && list("Taken from", from, false)}
      </div>
    </section>
  );
}
