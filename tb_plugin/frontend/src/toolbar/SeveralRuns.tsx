/** Ticks runs that are shown, or compared with, as one. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { compareWith } from "../comparison/CompareChoice.tsx";
import { messageOf } from "../loading/errors.ts";
import { chooseRun, listSet } from "../loading/series.ts";
import * as view from "../state/all.ts";
import { choosesRuns } from "../state/seeds/runSpread.ts";
import { addStyle } from "../ui/addStyle.ts";
import { CloseButton } from "../ui/CloseButton.tsx";
import { plural } from "../ui/format.ts";
import style from "./severalRuns.css?inline";

addStyle(style);

/** As the server has it. */
const MOST = 20;

function current(): { name: string; split: string; members?: string[] } {
  return view.runInfo.value ?? { name: "", split: "" };
}

/** What stands for runs of the split on screen. */
function keyOf(names: readonly string[]): string {
  const { split } = current();
  const text = JSON.stringify(names);
  return split ? `${text}/${split}` : text;
}

export function SeveralRuns(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const { name, split, members } = current();
  const [ticked, tick] = useState<readonly string[]>(members ?? [name]);
  const [problem, say] = useState("");
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const names = (view.runs.value ?? [])
    .filter((each) => each.split === split && !each.members)
    .map((each) => each.name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  const chosen = names.filter((each) => ticked.includes(each));
  const isSet = chosen.length >= 2 && chosen.length <= MOST;
  const use = async (act: (key: string) => void): Promise<void> => {
    let key = keyOf(chosen);
    try {
      // As it is offered, if it is.
      key = await listSet(key);
    } catch (error) {
      return say(messageOf(error));
    }
    if (!view.runs.value?.some(({ run }) => run === key)) {
      return say("These runs have no output in common.");
    }
    dialog.current?.close();
    act(key);
  };
  return (
    <dialog
      ref={dialog}
      class="several"
      aria-label="Several runs as one"
      data-testid="several-runs"
      onClose={() => {
        choosesRuns.value = false;
      }}
    >
      <h2>Several runs as one</h2>
      <ul>
        {names.map((each, at) => (
          <li key={each}>
            <label title={each}>
              <input
                type="checkbox"
                autoFocus={at === 0}
                checked={ticked.includes(each)}
                onChange={({ currentTarget: { checked } }) => {
                  say("");
                  tick(
                    checked
                      ? [...ticked, each]
                      : ticked.filter((other) => other !== each),
                  );
                }}
              />
              {each}
            </label>
          </li>
        ))}
      </ul>
      <p class="label" role="status">
        {problem ||
          (isSet
            ? `the sum of ${plural(chosen.length, "run", "runs")}, ± their spread`
            : `2 to ${MOST} runs, ${chosen.length} ticked`)}
      </p>
      <div class="actions">
        <button
          type="button"
          class="action"
          disabled={!isSet}
          onClick={() => void use((key) => void chooseRun(key))}
        >
          Show
        </button>
        <button
          type="button"
          class="action"
          disabled={!isSet}
          onClick={() => void use((key) => compareWith(key, view.output.value))}
        >
          Compare with
        </button>
        <CloseButton />
      </div>
    </dialog>
  );
}
