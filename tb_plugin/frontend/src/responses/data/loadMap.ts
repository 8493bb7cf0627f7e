/** Fetches the class means of a layer, and which group each channel tells. */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { nodesByLogged } from "../../hierarchy/tree.ts";
import { KeyedAnswer } from "../../loading/keyedAnswer.ts";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import type {
  ChannelAnswer,
  ChannelGroupsAnswer,
  UnreadableLayer,
} from "../../server/responsesAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import {
  type ClassMeans,
  type Responses,
  readMeans,
  responsesOf,
} from "./classMeans.ts";

interface Of<T> {
  /** Run, layer and epoch that were asked for. */
  about: string;
  run: string;
  found: T;
}

/** How long the first drawing waits for its order. */
const PATIENCE = 150;

export const means = new LatestAnswer<Of<ClassMeans>>();
export const groups = new LatestAnswer<Of<ChannelGroupsAnswer>>();
const knownMeans = new PromiseCache<ClassMeans>(4);
const knownGroups = new PromiseCache<ChannelGroupsAnswer>(50);
/** What is no longer waited for. */
export const late = signal("");

export const meansProblem = computed(() => means.problem.value);

/** Of the run that is shown, which group each channel tells. */
export const channelGroups = computed(() => {
  const got = groups.value.value;
  return got?.run === view.run.value ? got.found : null;
});

/**
 * Asks for both; ends once both have come, or cannot.
 *
 * @param told is called with the key of the layer
 */
export async function loadMap(
  run: string,
  layer: string,
  step: number,
  about: string,
  told: (layer: string) => void,
): Promise<void> {
  const timer = setTimeout(() => {
    late.value = about;
  }, PATIENCE);
  await Promise.all([
    means.ask(async () => {
      const found = await knownMeans.get(about, async () =>
        readMeans(await source().bytes("means", { run, layer, step })),
      );
      return { about, run, found };
    }),
    groups.ask(async () => {
      const found = await knownGroups.get(about, async () => {
        const answer = await source().json<
          ChannelGroupsAnswer | UnreadableLayer
        >("channel_groups", { run, layer, step });
        if (answer.error !== undefined) throw new Error(answer.error);
        return answer;
      });
      told(found.layer);
      return { about, run, found };
    }),
  ]);
  clearTimeout(timer);
  late.value = about;
}

/** The channels over the classes of the tree; null until they can be drawn. */
export const responses = computed<Responses | null>(() => {
  const [got, tree] = [means.value.value, view.tree.value];
  if (!got || !tree || got.run !== view.run.value) return null;
  try {
    return responsesOf(got.found, tree);
  } catch {
    // The tree of another output is on its way.
    return null;
  }
});

/** The channel that was clicked, by its place in the layer; -1 for none. */
export const chosenFeature = signal(-1);

export const pointedFeature = signal(-1);

/** The nodes of the shown tree, as the log numbers them. */
export const shownNodes = computed(() =>
  view.tree.value ? nodesByLogged(view.tree.value) : new Int32Array(0),
);

export const channel = new KeyedAnswer<ChannelAnswer>(200);

export function followMap(isOpen: () => boolean): void {
  let shown = "";
  effect(() => {
    const about = means.value.value?.about ?? "";
    if (about === shown) return;
    shown = about;
    untracked(() =>
      batch(() => {
        chosenFeature.value = -1;
        pointedFeature.value = -1;
      }),
    );
  });
  effect(() => {
    const [feature, got] = [chosenFeature.value, channelGroups.value];
    if (!isOpen() || feature < 0 || !got) return channel.clear();
    const [run, { layer, step }] = [view.run.value, got];
    const about = JSON.stringify([run, layer, step, feature]);
    void untracked(() =>
      channel.askFor(about, () =>
        source().json("channel", { run, layer, step, channel: feature }),
      ),
    );
  });
}
