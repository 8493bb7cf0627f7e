/** Class means of a layer as they are stored (format KHC1). */

import type { Tree } from "../../hierarchy/tree.ts";
import { readHeader } from "../../server/storedHeader.ts";

interface Header {
  version: number;
  layer: string;
  classes: number;
  features: number;
  hierarchy: string;
}

export interface ClassMeans {
  header: Header;
  /** Samples of each class, by label. */
  counts: Uint32Array;
  /** [F x C] by label, between the lowest mean of the channel and the highest. */
  codes: Uint8Array;
}

/** Decodes what is stored, of which the server has checked the header. */
export function readMeans(buffer: ArrayBuffer): ClassMeans {
  const { header, start } = readHeader<Header>(buffer);
  const { classes, features } = header;
  const end = start + 4 * classes;
  // Between them are the lowest and the highest mean of each channel.
  const codes = end + 8 * features;
  if (codes + classes * features !== buffer.byteLength)
    throw new Error("the class means are cut short");
  return {
    header,
    counts: new Uint32Array(buffer.slice(start, end)),
    codes: new Uint8Array(buffer, codes),
  };
}

/** The channels of a layer over the classes of the tree that is shown. */
export interface Responses {
  means: ClassMeans;
  classes: number;
  features: number;
  /** Label of the class at each place of the tree. */
  labelAt: Int32Array;
  isThere: Uint8Array;
  /** Of each channel the mean of its codes, and one over their spread. */
  middle: Float32Array;
  scale: Float32Array;
}

const known = new WeakMap<ClassMeans, { tree: Tree; of: Responses }>();

/** The same for the same tree: a layer that is shown again is there at once. */
export function responsesOf(means: ClassMeans, tree: Tree): Responses {
  const before = known.get(means);
  if (before?.tree === tree) return before.of;
  const of = standardised(means, tree);
  known.set(means, { tree, of });
  return of;
}

function standardised(means: ClassMeans, tree: Tree): Responses {
  const { classes, features } = means.header;
  if (tree.leafOfLabel.length !== classes)
    throw new Error("the class means are of other classes");
  const labelAt = new Int32Array(classes);
  tree.leafOfLabel.forEach((place, label) => {
    labelAt[place] = label;
  });
  const isThere = Uint8Array.from(labelAt, (label) =>
    means.counts[label]! > 0 ? 1 : 0,
  );
  const there = means.counts.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
  const middle = new Float32Array(features);
  const scale = new Float32Array(features);
  for (let feature = 0; feature < features; feature++) {
    let [sum, squares] = [0, 0];
    // The code of a class without samples is 0.
    for (let at = feature * classes; at < (feature + 1) * classes; at++) {
      const code = means.codes[at]!;
      sum += code;
      squares += code * code;
    }
    const mean = sum / there;
    const variance = squares / there - mean * mean;
    middle[feature] = mean;
    scale[feature] = variance > 1e-9 ? 1 / Math.sqrt(variance) : 0;
  }
  return { means, classes, features, labelAt, isThere, middle, scale };
}

/** Spreads of a channel that a class, by its place, lies above its mean. */
export function spreadsAt(of: Responses, feature: number, at: number): number {
  if (!of.isThere[at]) return Number.NaN;
  const code = of.means.codes[feature * of.classes + of.labelAt[at]!]!;
  return (code - of.middle[feature]!) * of.scale[feature]!;
}

/** The same of classes from one place to another, on average. */
export function spreadsOver(
  of: Responses,
  feature: number,
  [from, to]: readonly [number, number],
): number {
  let [sum, count] = [0, 0];
  for (let at = from; at < to; at++) {
    if (!of.isThere[at]) continue;
    sum += spreadsAt(of, feature, at);
    count++;
  }
  return sum / count;
}
