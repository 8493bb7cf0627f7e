/** The layer and the level that the panel is about. */

import { batch, computed, signal } from "@preact/signals";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import * as view from "../../state/all.ts";
import { layer } from "../../state/tabs.ts";
import { chooseLevel } from "../../toolbar/LevelChoice.tsx";
import { record } from "./loadLayers.ts";

/** What the pointer is on: places of a layer and a level. */
export const pointed = signal<{ layer: number; level: number | null } | null>(
  null,
);

function largest(values: readonly (number | null | undefined)[]): number {
  const known = values.map((value) => value ?? Number.NEGATIVE_INFINITY);
  return known.indexOf(Math.max(...known));
}

/** The layer that names most classes right, or fits the tree best. */
export function bestLayer({ right, alignment, behind }: LayersRecord): number {
  return behind.some((value) => value !== null)
    ? largest(right.map((levels) => levels.at(-1)))
    : largest(alignment);
}

export const layerNames = computed(() => ({
  names: record.value?.layers ?? [],
}));

/** The place of the chosen layer; the best one if none is. */
export const chosenLayer = computed(() => {
  const of = record.value;
  if (!of) return 0;
  const at = of.layers.indexOf(layer.value);
  return at < 0 ? bestLayer(of) : at;
});

export const inspectedLayer = computed(
  () => pointedIn(record.value)?.layer ?? chosenLayer.value,
);

/** The pointer may have been on a layer of another run. */
function pointedIn(of: LayersRecord | null): typeof pointed.value {
  const at = pointed.value;
  const isThere =
    at &&
    of &&
    at.layer < of.layers.length &&
    (at.level ?? 0) < of.groups.length;
  return isThere ? at : null;
}

/** The place of the level that the page shows, or of the one nearest to it. */
export const chosenLevel = computed(() => {
  const groups = record.value?.groups ?? [];
  const last = groups.length - 1;
  if (view.level.value <= 0) return last;
  const distance = (of: number): number =>
    Math.abs(Math.log(of / view.level.value));
  return groups.reduce(
    (best, each, at) => (distance(each) < distance(groups[best]!) ? at : best),
    last,
  );
});

export const inspectedLevel = computed(
  () => pointedIn(record.value)?.level ?? chosenLevel.value,
);

export function choose(at: number, level: number): void {
  const of = record.peek();
  if (!of) return;
  batch(() => {
    layer.value = of.layers[at]!;
    if (level !== chosenLevel.peek()) {
      const isLast = level === of.groups.length - 1;
      chooseLevel(isLast ? 0 : of.groups[level]!);
    }
  });
}

/** Goes on to a neighbour, where there is one. */
export function walk(layers: number, levels: number): void {
  const of = record.peek();
  if (!of) return;
  const within = (at: number, count: number): number =>
    Math.min(Math.max(at, 0), count - 1);
  pointed.value = null;
  choose(
    within(chosenLayer.peek() + layers, of.layers.length),
    within(chosenLevel.peek() + levels, of.groups.length),
  );
}
