/** The panel: the legend of one place, the selection. */

import type { JSX } from "preact";
import { comparing } from "../compared.ts";
import type { Epoch } from "../counts.ts";
import { isLong } from "../listing.ts";
import { listed } from "../pairlist.ts";
import { kindOf } from "../selection.ts";
import lists from "../style/lists.css?inline";
import style from "../style/panel.css?inline";
import { addStyle } from "../styles.ts";
import type { Tree } from "../tree.ts";
import * as view from "../view.ts";
import { BandFigures, BlockFigures, RectangleFigures } from "./blocks.tsx";
import { GroupFigures } from "./figures.tsx";
import { Outside, Parts } from "./groups.tsx";
import { Confusions } from "./pairs.tsx";
import { Title } from "./title.tsx";

addStyle(style + lists);

export function Panel(): JSX.Element {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  return (
    <>
      {tree && (
        <div class={kindOf(listed.value) === "all" ? "place" : "place tall"}>
          <Title tree={tree} />
          {epoch && <Figures tree={tree} epoch={epoch} />}
        </div>
      )}
      {tree && epoch && <Lists tree={tree} epoch={epoch} />}
    </>
  );
}

function Lists({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  const { rows, columns } = selection;
  const kind = kindOf(selection);
  const props = { tree, epoch, node: rows || columns };
  const compared = comparing.value;
  return (
    <>
      {!isLong.value && compared && <compared.LargestChanges tree={tree} />}
      <Confusions tree={tree} epoch={epoch} />
      {!isLong.value && (
        <>
          {kind === "row band" && <Outside {...props} band="row" />}
          {kind === "column band" && <Outside {...props} band="column" />}
          {kind === "group" && <Outside {...props} band={null} />}
          {(kind === "group" || kind === "all") && <Parts {...props} />}
        </>
      )}
    </>
  );
}

function Figures({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  const { rows, columns, box } = selection;
  const props = { tree, epoch, selection };
  const kind = kindOf(selection);
  if (box) return <RectangleFigures {...props} box={box} />;
  if (kind === "block") return <BlockFigures {...props} />;
  if (kind.endsWith("band")) {
    return <BandFigures {...props} node={rows || columns} />;
  }
  return <GroupFigures tree={tree} epoch={epoch} node={rows} />;
}
