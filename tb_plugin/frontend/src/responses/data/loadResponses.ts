/** Fetches what the class means of a layer say, of the shown run and epoch. */

import { computed, effect } from "@preact/signals";
import { KeyedAnswer } from "../../loading/keyedAnswer.ts";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import type {
  ChannelsAnswer,
  LayerAnswer,
  ResponsesAnswer,
  ToldLayer,
  UnreadableLayer,
} from "../../server/responsesAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { stampOf, stampOfAll } from "../../state/page.ts";
import { layer, tab } from "../../state/tabs.ts";
import { isolated } from "../../ui/format.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { type Likeness, readLikeness } from "./likeness.ts";
import { channelGroups, loadMap } from "./loadMap.ts";

interface Answer {
  run: string;
  found: ResponsesAnswer;
  pairs: ArrayBuffer;
}

interface Unreadable {
  run: string;
  found: UnreadableLayer;
  pairs: null;
}

const answer = new LatestAnswer<Answer | Unreadable>();

const known = new PromiseCache<Answer | Unreadable>(24);
/** By what a layer is called, what was asked for before that was known. */
const unnamed = new Map<string, string>();

/** The key of the chosen layer; "" for the one that the source takes. */
const wanted = computed(() => {
  const key = layer.value.replaceAll("/", "_");
  return view.runInfo.value?.means?.includes(key) ? key : "";
});

const current = computed(() => {
  const got = answer.value.value;
  return got?.run === view.run.value ? got : null;
});

/** The layer that is shown or cannot be, and those that there are beside it. */
export const told = computed<ToldLayer | null>(
  () => channelGroups.value ?? current.value?.found ?? null,
);

/** What the means on screen are of, once that is known. */
export const layerAnswer = computed<LayerAnswer | null>(
  () => channelGroups.value ?? answered.value?.found ?? null,
);

/** The answer, as long as it speaks of the run that is shown. */
export const answered = computed<Answer | null>(() =>
  current.value?.pairs ? current.value : null,
);

export const problem = computed(() => {
  const found = current.value?.found;
  const isUnreadable = found?.error !== undefined;
  const why = isUnreadable ? `${isolated(found.name)}: ${found.error}` : null;
  return answer.problem.value ?? why;
});

/** The digest of the tree of the shown classes; "" of groups of them. */
const shownTree = computed(() => {
  const epoch = view.epochs.value.find(({ step }) => step === view.step.value);
  return (!epoch?.grouping && epoch?.hierarchy) || "";
});

/** Why the pairs cannot stand in the tree that is shown. */
export const misfit = computed(() => {
  const found = layerAnswer.value;
  return found && found.hierarchy !== shownTree.value
    ? "These responses are of the classes of another tree. Choose the output, or the epoch, that names these."
    : null;
});

export const likeness = computed<Likeness | null>(() => {
  const [got, tree] = [answered.value, view.tree.value];
  if (!got || !tree || misfit.value) return null;
  try {
    return readLikeness(got.pairs, tree);
  } catch {
    // The tree of another output is on its way.
    return null;
  }
});

async function fetchLayer(
  run: string,
  key: string,
  step: number,
): Promise<Answer | Unreadable> {
  const responses = source().json<ResponsesAnswer | UnreadableLayer>(
    "responses",
    { run, layer: key, step },
  );
  const pairsOf = (layer: string): Promise<ArrayBuffer> =>
    source().bytes("correlation", { run, layer, step });
  const early = key ? pairsOf(key) : null;
  // Where the layer cannot be read, there are no pairs of it.
  early?.catch(() => {});
  const found = await responses;
  return found.error === undefined
    ? { run, found, pairs: await (early ?? pairsOf(found.layer)) }
    : { run, found, pairs: null };
}

async function load(run: string, key: string, step: number): Promise<void> {
  if (!view.runInfo.value?.means?.length)
    return answer.refuse("This run holds no class means of layers.");
  const stamp = stampOfAll(view.epochs.peek());
  const named = (layer: string): string => [run, layer, step, stamp].join("\n");
  const about = unnamed.get(named(key)) ?? named(key);
  await answer.ask(async () => {
    // The map comes first: how alike classes are takes the server longer.
    await loadMap(run, key, step, about, (layer) => {
      if (!key) unnamed.set(named(layer), about);
    });
    return known.get(about, () => fetchLayer(run, key, step));
  });
}

const ofGroup = new KeyedAnswer<ChannelsAnswer>(100);

/** The channels of a group, or why there are none. */
export const channels = ofGroup.value;

/** The group whose channels are listed; 0 for none. */
export const group = computed(() => {
  const { rows, columns } = view.selection.value;
  return misfit.value ? 0 : rows || columns;
});

/** What the channels that are asked for are about. */
export const asked = computed(() => {
  const [got, tree, node] = [layerAnswer.value, view.tree.value, group.value];
  if (!got || !tree || !node) return "";
  const stamp = stampOf(view.epochs.value, got.step);
  return JSON.stringify([
    view.run.value,
    got.layer,
    got.step,
    tree.logged[node],
    stamp,
  ]);
});

function loadChannels(about: string): Promise<void> {
  const [run, key, step, node] = JSON.parse(about);
  const query = { run, layer: key, step, node };
  return ofGroup.askFor(about, () => source().json("channels", query));
}

export function followResponses(): void {
  const isOpen = (): boolean => tab.value === "responses";
  effect(() => {
    if (!isOpen() || view.step.value === view.NO_EPOCH || !view.runInfo.value)
      return;
    view.epochs.value;
    void load(view.run.value, wanted.value, view.step.value);
  });
  effect(() => {
    if (isOpen() && asked.value) void loadChannels(asked.value);
  });
}

/** Goes on to a neighbour of the layer that is shown, where there is one. */
export function walkLayers(by: number): void {
  const found = told.peek();
  if (!found) return;
  const key = wanted.peek() || found.layer;
  const at = found.layers.findIndex((each) => each.key === key) + by;
  const next = found.layers[at];
  if (next) layer.value = next.name;
}
