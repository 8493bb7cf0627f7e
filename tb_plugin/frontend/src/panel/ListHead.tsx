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
  title: string;
}[] = [
  {
    text: "ten worst",
    key: "worst",
    title: "Recall is surely low: upper end of its 95 % interval (Wilson)",
  },
  {
    text: "most over-predicted",
    key: "sinks",
    title:
      "Predicted more often than they occur, beyond chance (sign test of " +
      "FP and FN, Benjamini-Hochberg, 5 %), by predicted / actual",
  },
  {
    text: "rarest",
    key: "samples",
    title: "Fewest samples first",
  },
  {
    text: "misplaced",
    key: "misplaced",
    title: "Errors would file them elsewhere",
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
        {ASKED.map(({ text, key, title }) => {
          // Of rare ones the fewest samples come first.
          const flipped = key === "samples";
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
