/** The panel: the legend of one place, the selection. */

import type { JSX } from "preact";
import type { Epoch } from "../confusion/cells.ts";
import { kindOf } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { ConfusionList } from "../panel/ConfusionList.tsx";
import { GroupTable } from "../panel/GroupTable.tsx";
import { LevelFigures } from "../panel/LevelFigures.tsx";
import { listed } from "../panel/listedPairs.ts";
import lists from "../panel/lists.css?inline";
import { Title } from "../panel/Title.tsx";
import * as view from "../state/all.ts";
import { isComparing } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { isLong, listsClasses } from "../state/confusionListSort.ts";
import { ERRORS, tab, viewPointedAt } from "../state/tabs.ts";
import { addStyle } from "../ui/addStyle.ts";
import { lazy } from "../ui/lazy.ts";
import style from "./sidePanel.css?inline";
import { openParts, openView, views } from "./views.ts";

function Tabs(): JSX.Element {
  const tabs = [
    { key: ERRORS, name: "Errors" },
    ...views.value.filter(
      ({ key, isOffered }) => isOffered() || key === tab.value,
    ),
  ];
  const walk = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const now = tabs.findIndex(({ key }) => key === tab.value);
    const at = (now + by + tabs.length) % tabs.length;
    tab.value = tabs[at]!.key;
    const all = (event.currentTarget as Element).children;
    (all[at] as HTMLElement).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="View" onKeyDown={walk}>
      {tabs.map(({ key, name }) => (
        <button
          key={key}
          type="button"
          role="tab"
          data-testid={`tab-${key}`}
          aria-selected={key === tab.value}
          tabIndex={key === tab.value ? 0 : -1}
          onPointerEnter={() => {
            viewPointedAt.value = key;
          }}
          onPointerLeave={() => {
            viewPointedAt.value = "";
          }}
          onClick={() => {
            tab.value = key;
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

addStyle(style + lists);

const gains = lazy(() => import("../panel/Gains.tsx"));
const treePairs = lazy(() => import("../panel/TreePairs.tsx"));
const classes = lazy(() => import("../panel/classes/ClassTable.tsx"));
const selected = lazy(() => import("../panel/SelectionFigures.tsx"));

export function SidePanel(): JSX.Element {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  const isOfErrors = openView.value === null;
  const part = openParts.value;
  return (
    <>
      <Tabs />
      {tree && part && <part.Side tree={tree} />}
      {tree && isOfErrors && (
        <div class={placeStyle()}>
          <Title tree={tree} />
          {epoch && !listsClasses.value && (
            <Figures tree={tree} epoch={epoch} />
          )}
        </div>
      )}
      {tree && epoch && isOfErrors && <Lists tree={tree} epoch={epoch} />}
    </>
  );
}

/** A list keeps its place while one goes through it. */
function placeStyle(): string {
  if (listsClasses.value) return "place short";
  return kindOf(listed.value) === "all" ? "place" : "place tall";
}

function Lists({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  const { rows, columns } = selection;
  const kind = kindOf(selection);
  const props = { tree, epoch, node: rows || columns };
  const compared = isComparing.value ? gains() : null;
  const two =
    kind === "all" && comparedSeries.value && comparedSeries.value.tree !== tree
      ? treePairs()
      : null;
  const part = kind === "all" ? null : selected();
  if (listsClasses.value) {
    const table = classes();
    return <>{table && <table.ClassTable tree={tree} epoch={epoch} />}</>;
  }
  return (
    <>
      {!isLong.value && compared && <compared.Gains tree={tree} />}
      <ConfusionList epoch={epoch} />
      {!isLong.value && (
        <>
          {two && <two.TreePairs tree={tree} />}
          {part && <part.Neighbours {...props} kind={kind} />}
          {(kind === "group" || kind === "all") && <GroupTable {...props} />}
        </>
      )}
    </>
  );
}

function Figures({ tree, epoch }: { tree: Tree; epoch: Epoch }): JSX.Element {
  const selection = view.selection.value;
  if (kindOf(selection) === "all")
    return <LevelFigures tree={tree} epoch={epoch} />;
  const part = selected();
  return (
    <>
      {part && (
        <part.SelectionFigures
          tree={tree}
          epoch={epoch}
          selection={selection}
        />
      )}
    </>
  );
}
