/** What layers respond to: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Tree } from "../hierarchy/tree.ts";
import type { Maybe } from "../layers/data/inWords.ts";
import { dragged } from "../matrix/gestures/drag.ts";
import { zoomBack, zoomDepth } from "../matrix/gestures/zoom.ts";
import { Title } from "../panel/Title.tsx";
import type {
  ChannelGroupsAnswer,
  ChannelsAnswer,
  ResponsesAnswer,
} from "../server/responsesAnswer.ts";
import * as view from "../state/all.ts";
import { tab } from "../state/tabs.ts";
import { addStyle } from "../ui/addStyle.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { CONTROLS, INPUTS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { inWords } from "./data/likeness.ts";
import { channelGroups, followMap, shownNodes } from "./data/loadMap.ts";
import {
  answered,
  asked,
  channels,
  followResponses,
  group,
  layerAnswer,
  walkLayers,
} from "./data/loadResponses.ts";
import { countsByGroup } from "./data/sentence.ts";
import { followOrder } from "./data/shownOrder.ts";
import { ChannelDetail } from "./detail/ChannelDetail.tsx";
import { ChannelList } from "./detail/ChannelList.tsx";
import { ChannelMap } from "./map/ChannelMap.tsx";
import { showsLikeness } from "./map/LayerSlider.tsx";
import { LikenessMap } from "./map/LikenessMap.tsx";
import style from "./responses.css?inline";

export function caption(): Part[] {
  const found = layerAnswer.value;
  if (!found) return [];
  const said: Part[] = [
    [plural(found.samples, "sample", "samples"), PRIORITY.subject],
    [
      showsLikeness.value
        ? `correlation of class means over ${whole(found.features)} channels of ${found.name}, each standardised`
        : `class means of ${plural(found.features, "channel", "channels")} of ${found.name}, in standard deviations (sd) of each channel`,
      PRIORITY.choice,
    ],
  ];
  if (found.step !== view.step.value) {
    said.push([`means of epoch ${found.step}`, PRIORITY.essential]);
  }
  if (found.without) {
    const classes = plural(found.without, "class", "classes");
    said.push([`${classes} without samples`, PRIORITY.essential]);
  }
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}

export function Side({ tree }: { tree: Tree }): JSX.Element | null {
  const told = layerAnswer.value;
  if (!told) return null;
  const node = group.value;
  const isOfIt = node > 0 && channels.value?.of === asked.value;
  const got = isOfIt ? channels.value : null;
  const of = got?.found;
  const [alike, groups] = [answered.value?.found, channelGroups.value];
  return (
    <div class="responses-detail" data-testid="responses-detail">
      <div class="place">
        <Title tree={tree} />
      </div>
      {groups && <ChannelDetail tree={tree} of={groups} />}
      <section aria-label="Channels">
        <h2>
          {node ? "Channels that tell it apart" : "Channels by group"}{" "}
          {node > 0 && <span class="label">{tree.names[node]}</span>}
        </h2>
        {!node && groups && <GroupCounts tree={tree} of={groups} />}
        {got?.error && (
          <p class="label" role="status">
            {got.error}
          </p>
        )}
        {of && <ChannelList key={asked.value} tree={tree} of={of} />}
      </section>
      {alike && <LikenessTable tree={tree} of={alike} node={node} group={of} />}
    </div>
  );
}

addStyle(style);
const isOpen = (): boolean => tab.value === "responses";
followResponses();
followMap(isOpen);
followOrder();

/** The layer is chosen above the tree. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  useEffect(listenToLayers, []);
  return showsLikeness.value ? <LikenessMap /> : <ChannelMap />;
}

export const shortcuts: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next layer" },
];

/** And the trees beside the map, which arrows walk. */
const OWN = `${CONTROLS}, [data-node]`;

/** @returns what stops listening */
export function listenToLayers(): () => void {
  const before = zoomDepth();
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Element;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    if (event.key === "Escape") {
      // A zoom from before this view was opened stays.
      const isZoomed = zoomDepth() > before && !dragged.value;
      if (target.closest(INPUTS) || !isZoomed || !zoomBack()) return;
    } else {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || target.closest(OWN)) return;
      event.preventDefault();
      walkLayers(by);
    }
    event.stopPropagation();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}

/** Rows before the rest is told in a line. */
const MOST = 12;

function GroupCounts(props: {
  tree: Tree;
  of: ChannelGroupsAnswer;
}): JSX.Element {
  const { tree, of } = props;
  const counts = countsByGroup(of, shownNodes.value);
  const tested = plural(of.tested, "group", "groups");
  if (!counts.length) {
    return (
      <p class="label" data-testid="no-group">
        {of.tested
          ? `No channel tells any of ${tested} beyond chance.`
          : "No group has four classes or more inside and outside: nothing is tested."}{" "}
        Select a group in the tree to see its channels.
      </p>
    );
  }
  return (
    <>
      <table data-testid="channel-groups">
        <thead>
          <tr class="label">
            <th scope="col">group told best</th>
            <th scope="col" class="number">
              channels
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.slice(0, MOST).map(([node, count]) => (
            <tr key={node}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  onClick={() => view.select(node)}
                >
                  {tree.names[node]}
                </button>
              </th>
              <td class="number">{whole(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="label">
        {counts.length > MOST &&
          `And ${plural(counts.length - MOST, "group", "groups")} of fewer. `}
        {`Of ${tested}, ${percent(of.rate, 0)} false discoveries.`}
      </p>
    </>
  );
}

interface Row {
  name: string;
  mean: Maybe;
  band: Maybe;
  isChosen?: boolean;
}

function LikenessTable(props: {
  tree: Tree;
  of: ResponsesAnswer;
  node: number;
  group: ChannelsAnswer | null | undefined;
}): JSX.Element | null {
  const { tree, of, node, group } = props;
  const [first] = of.levels;
  if (!first) return null;
  const rows: Row[] = [
    ...of.levels.toReversed().map(({ groups, inside, band }) => ({
      name: `same of ${plural(groups, "group", "groups")}`,
      mean: inside,
      band,
    })),
    {
      name: `other of ${plural(first.groups, "group", "groups")}`,
      mean: first.outside,
      band: first.band_outside,
    },
  ];
  if (node && group?.inside != null) {
    rows.unshift({
      name: tree.names[node]!,
      mean: group.inside,
      band: group.band,
      isChosen: true,
    });
  }
  return (
    <section aria-label="Alike">
      <h2>
        Two classes, alike on average <span class="label">correlation</span>
      </h2>
      <table data-testid="alike">
        <thead>
          <tr class="label">
            <th scope="col">of</th>
            <th scope="col" class="number">
              mean
            </th>
            <th scope="col" class="number">
              permuted
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, mean, band, isChosen }) => {
            const isChance = isWithin(mean, of.mean, band);
            return (
              <tr
                key={name}
                class={isChance ? "label" : ""}
                title={isChance ? "within what permuted classes give" : ""}
              >
                <th scope="row" class={isChosen ? "chosen" : ""}>
                  {name}
                </th>
                <td class="number">{inWords(mean ?? Number.NaN) || "–"}</td>
                <td class="number label">
                  {inWords(of.mean ?? Number.NaN, 3)}
                  {band != null && ` ± ${band.toFixed(3)}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function isWithin(mean: Maybe, all: Maybe, band: Maybe): boolean {
  if (mean == null || all == null || band == null) return false;
  return Math.abs(mean - all) <= band;
}
