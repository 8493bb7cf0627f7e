/** What a row of the table of links is, and rows of the usual kinds. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Tree } from "../../hierarchy/tree.ts";

/** Texts by key; a key without one stands for what is as usual. */
export type Texts = Readonly<Record<string, string | undefined>>;

export interface LinkField {
  keys: readonly string[];
  /** What a link says of the view as it is. */
  write: () => Texts;
  /** Takes over what a link says, or what is usual where it says nothing. */
  read: (texts: Texts) => void;
}

/** One that means nothing before there is a tree. */
export interface TreeField {
  keys: readonly string[];
  write: (tree: Tree) => Texts;
  /** Takes over what a link says; what it leaves out stays. */
  readOn: (tree: Tree, texts: Texts) => void;
}

/** The number that a text is, or nothing. */
export function numberIn(text: string | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

export function wholeNumberIn(text: string | undefined): number | undefined {
  const number = numberIn(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** What was chosen among a few, whose texts are themselves. */
export function choice<T extends string | number>(
  key: string,
  chosen: Signal<T>,
  options: readonly T[],
  usual: T,
): LinkField {
  return {
    keys: [key],
    write: () => (chosen.value === usual ? {} : { [key]: `${chosen.value}` }),
    read: (texts) => {
      const found = options.find((option) => `${option}` === texts[key]);
      chosen.value = found ?? usual;
    },
  };
}

export function text(key: string, chosen: Signal<string>): LinkField {
  return {
    keys: [key],
    write: () => (chosen.value ? { [key]: chosen.value } : {}),
    read: (texts) => {
      chosen.value = texts[key] ?? "";
    },
  };
}

export function wholeNumber(
  key: string,
  chosen: Signal<number>,
  usual: number,
  least = Number.MIN_SAFE_INTEGER,
): LinkField {
  return {
    keys: [key],
    write: () => (chosen.value === usual ? {} : { [key]: `${chosen.value}` }),
    read: (texts) => {
      chosen.value = Math.max(wholeNumberIn(texts[key]) ?? usual, least);
    },
  };
}

/** What is said by a word where it is not as usual. */
export function word(
  key: string,
  said: string,
  chosen: Signal<boolean>,
  usual: boolean,
): LinkField {
  return {
    keys: [key],
    write: () => (chosen.value === usual ? {} : { [key]: said }),
    read: (texts) => {
      chosen.value = texts[key] === said ? !usual : usual;
    },
  };
}

/** The rows of a part that is there only while something is so. */
export function whileTrue(
  isSo: ReadonlySignal<boolean>,
  field: LinkField,
): LinkField {
  return { ...field, write: () => (isSo.value ? field.write() : {}) };
}
