/** Over the parts of a selection: groups or all classes, and what is asked most. */

import { batch } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import {
  type ClassKey,
  classSort,
  isLong,
} from "../state/confusionListSort.ts";

interface Props {
  /** Whether the parts are classes themselves. */
  areClasses?: boolean;
  /** What is said beside. */
  children?: ComponentChildren;
}

const ASKED: readonly {
  text: string;
  key: ClassKey;
  flipped: boolean;
  title: string;
}[] = [
  {
    text: "ten worst",
    key: "worst",
    flipped: false,
    title:
      "Those whose recall is surely low: the upper end of its 95 % interval " +
      "(Wilson) is the lowest. A class of few samples has a wide one.",
  },
  {
    text: "most over-predicted",
    key: "sinks",
    flipped: false,
    title:
      "Predicted more often than they occur, beyond chance: false positives " +
      "against false negatives, exact one-sided sign test, corrected for all " +
      "classes of the list (Benjamini-Hochberg, 5 %); by predicted / actual",
  },
  {
    text: "rarest",
    key: "samples",
    flipped: true,
    title: "Those of the fewest samples first",
  },
];

function show(sort: { key: ClassKey; flipped: boolean } | null): void {
  batch(() => {
    classSort.value = sort;
    isLong.value = false;
  });
}

export function ListHead({ areClasses, children }: Props): JSX.Element {
  const sorted = classSort.value;
  const choice = (
    text: string,
    isOn: boolean,
    choose: () => void,
  ): JSX.Element => (
    <button
      type="button"
      class={isOn ? "head on" : "head"}
      aria-pressed={isOn}
      onClick={choose}
    >
      {text}
    </button>
  );
  return (
    <>
      <h2 class="switch">
        <span>
          {choice(areClasses ? "most errors" : "groups", sorted === null, () =>
            show(null),
          )}
          {" | "}
          {choice("all classes", sorted !== null, () =>
            show(sorted ?? { key: "recall", flipped: false }),
          )}
        </span>
        {children}
      </h2>
      <p class="asked">
        {ASKED.map(({ text, key, flipped, title }) => {
          const isOn = sorted?.key === key && sorted.flipped === flipped;
          return (
            <button
              key={key}
              type="button"
              class={isOn ? "head on" : "head"}
              title={title}
              aria-pressed={isOn}
              onClick={() =>
                show(
                  isOn ? { key: "recall", flipped: false } : { key, flipped },
                )
              }
            >
              {text}
            </button>
          );
        })}
      </p>
    </>
  );
}
