/** The bar of choices: native selects and buttons, drawn quietly. */

import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { CompareChoice } from "../comparison/CompareChoice.tsx";
import { ExportMenu } from "../export/ExportMenu.tsx";
import { chooseRun } from "../loading/series.ts";
import * as view from "../state/all.ts";
import { choosesRuns } from "../state/seeds/runSpread.ts";
import { ClassFinder } from "../toolbar/ClassFinder.tsx";
import { LevelChoice } from "../toolbar/LevelChoice.tsx";
import { ViewMenu } from "../toolbar/ViewMenu.tsx";
import { type Option, Select } from "../ui/Select.tsx";
import { face } from "../ui/theme.ts";
import { captionParts } from "./caption/captionParts.ts";
import { HelpButton } from "./help/HelpButton.tsx";
import { openParts, openView } from "./views.ts";

/** What the bar does without, from the widest setting to the narrowest. */
const SETTINGS = [
  "",
  // Labels stand over what they name.
  " stacked",
  // Without the names of levels.
  " stacked tight",
  // In several rows.
  " stacked tight wrapped",
];
const ROW = 36;
/** Free to the right of the last part: a little less than the padding. */
const END = 8;

/** @returns the bar to fit, whenever it or what stands in it changes */
function useFittedBar(): RefObject<HTMLElement | null> {
  const bar = useRef<HTMLElement>(null);
  // Another face is wider, or narrower.
  const { value: known } = face;
  useLayoutEffect(() => {
    const { current } = bar;
    if (!current) return;
    const fit = (): void => fitBar(current);
    const size = new ResizeObserver(fit);
    const content = new MutationObserver(fit);
    size.observe(current);
    content.observe(current, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    fit();
    return () => {
      size.disconnect();
      content.disconnect();
    };
  }, [known]);
  return bar;
}

/** Every setting is tried anew: what fits does not depend on what was. */
function fitBar(bar: HTMLElement): void {
  const tail = bar.lastElementChild as HTMLElement;
  SETTINGS.find((each) => {
    bar.className = `topbar${each}`;
    return tail.offsetLeft + tail.offsetWidth <= bar.clientWidth - END;
  });
  const more = Math.max(0, bar.offsetHeight - ROW);
  document.documentElement.style.setProperty("--more-bar", `${more}px`);
  view.barIsStacked.value = bar.classList.contains("stacked");
  view.moreBar.value = more;
}

const SEVERAL = "several as one";
/** No name of a run. */
const CHOOSE = "\n";

export function TopBar(): JSX.Element {
  const bar = useFittedBar();
  const runs = view.runs.value ?? [];
  const current = view.runInfo.value;
  const last = view.lastStep.value;
  const missing = view.missingRun.value && `missing: ${view.missingRun.value}`;
  const outputs = current?.outputs ?? [];
  const splits = runs.filter(({ name }) => name === current?.name);
  const names: Option[] = [
    ...new Map(
      runs.map(({ name, members }) => [
        name,
        { value: name, text: name, group: members && SEVERAL },
      ]),
    ).values(),
  ];
  if (names.length > 1) {
    names.push({ value: CHOOSE, text: "choose…", group: SEVERAL });
  }
  const chooseName = (name: string): void => {
    if (name === CHOOSE) choosesRuns.value = true;
    const same = runs.filter((each) => each.name === name);
    const target =
      same.find(({ split }) => split === current?.split) ?? same[0];
    if (target) void chooseRun(target.run);
  };
  return (
    <header ref={bar} class="topbar" data-testid="topbar">
      <Select
        label="run"
        value={current?.name ?? missing}
        options={names}
        onChoose={chooseName}
      />
      {splits.length > 1 && (
        <Select
          label="split"
          value={current?.run ?? ""}
          options={splits.map(({ run, split }) => ({
            value: run,
            text: split || "all",
          }))}
          onChoose={(run) => void chooseRun(run)}
        />
      )}
      {outputs.length > 1 && (
        <Select
          label="output"
          value={view.output.value}
          options={outputs.map((value) => ({
            value,
            text: value,
            // Probes stand under the layer that they read.
            group: /(.+)_(probe\d+|linear)$/.exec(value)?.[1],
          }))}
          onChoose={(output) => void chooseRun(view.run.value, output)}
        />
      )}
      {view.epochs.value.length !== 1 && (
        <Select
          label="epoch"
          value={String(view.chosenStep.value)}
          options={[
            {
              value: String(view.NO_EPOCH),
              text: last === view.NO_EPOCH ? "" : `last (${last})`,
              short: last === view.NO_EPOCH ? "" : String(last),
            },
            ...view.epochs.value.map(({ step, error }) => ({
              value: String(step),
              text: error === undefined ? String(step) : `${step} (unreadable)`,
            })),
          ]}
          onChoose={(step) => {
            view.goToStep(Number(step));
          }}
        />
      )}
      <hr />
      <CompareChoice />
      <LevelChoice />
      {openView.value ? <OwnChoices /> : <ViewMenu />}
      <div class="tail">
        <ClassFinder />
        <ExportMenu caption={() => captionParts().map(([text]) => text)} />
        <HelpButton />
      </div>
    </header>
  );
}

function OwnChoices(): JSX.Element | null {
  const parts = openParts.value;
  return parts && <parts.Choices />;
}
