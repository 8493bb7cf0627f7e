/** The panel: the legend of one place, the selection. */

import type { JSX } from "preact";
import { comparing } from "../compared.ts";
import type { Epoch } from "../counts.ts";
import { late } from "../late.ts";
import { isLong } from "../listing.ts";
import { listed } from "../pairlist.ts";
import { sampled } from "../sampled.ts";
import { kindOf } from "../selection.ts";
import lists from "../style/lists.css?inline";
import style from "../style/panel.css?inline";
import { addStyle } from "../styles.ts";
import { tab } from "../tab.ts";
import type { Tree } from "../tree.ts";
import * as view from "../view.ts";
import { Parts } from "./groups.tsx";
import { LevelFigures } from "./levels.tsx";
import { Confusions } from "./pairs.tsx";
import { Tabs } from "./tabs.tsx";
import { Title } from "./title.tsx";

addStyle(style + lists);

const selected = late(() => import("./selected.tsx"));

export function Panel(): JSX.Element {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  const isOfErrors = tab.value === "errors";
  const part = isOfErrors ? null : sampled.value;
  return (
    <>
      <Tabs />
      {tree && part && <part.Side tree={tree} />}
      {tree && isOfErrors && (
        <div class={kindOf(listed.value) === "all" ? "place" : "place tall"}>
          <Title tree={tree} />
          {epoch && <Figures tree={tree} epoch={epoch} />}
        </div>
      )}
      {tree && epoch && isOfErrors && <Lists tree={tree} epoch={epoch} />}
    </>
  );
}

function Lists({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  const { rows, columns } = selection;
  const kind = kindOf(selection);
  const props = { tree, epoch, node: rows || columns };
  const compared = comparing.value;
  const part = kind === "all" ? null : selected();
  return (
    <>
      {!isLong.value && compared && <compared.Gains tree={tree} />}
      <Confusions tree={tree} epoch={epoch} />
      {!isLong.value && (
        <>
          {part && <part.Outside {...props} kind={kind} />}
          {(kind === "group" || kind === "all") && <Parts {...props} />}
        </>
      )}
    </>
  );
}

function Figures({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  if (kindOf(selection) === "all") return <LevelFigures {...{ tree, epoch }} />;
  const part = selected();
  return <>{part && <part.Figures {...{ tree, epoch, selection }} />}</>;
}
