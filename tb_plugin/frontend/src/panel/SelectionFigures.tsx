/** What the panel says of a selection: it comes with the first. */

import type { JSX } from "preact";
import type { Epoch } from "../confusion/cells.ts";
import { kindOf, type Selection } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { addStyle } from "../ui/addStyle.ts";
import {
  BandFigures,
  BlockFigures,
  RectangleFigures,
} from "./BlockFigures.tsx";
import { GroupFigures } from "./GroupFigures.tsx";
import style from "./selectionFigures.css?inline";

export { Neighbours } from "./Neighbours.tsx";

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
