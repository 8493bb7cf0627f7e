/** The bar of choices: native selects and buttons, drawn quietly. */

import type { JSX } from "preact";
import { CompareChoice } from "../comparison/CompareChoice.tsx";
import { ExportMenu } from "../export/ExportMenu.tsx";
import { chooseRun } from "../loading/series.ts";
import { choosesRuns } from "../state/seeds/runSpread.ts";
import * as view from "../state/view.ts";
import { ClassFinder } from "../toolbar/ClassFinder.tsx";
import { LevelChoice } from "../toolbar/LevelChoice.tsx";
import { OrderChoice } from "../toolbar/OrderChoice.tsx";
import { ShowChoice, ValueChoice } from "../toolbar/ShowChoice.tsx";
import { type Option, Select } from "../ui/Select.tsx";
import { captionParts } from "./caption/captionParts.ts";
import { useFittedBar } from "./fitBar.ts";
import { HelpButton } from "./help/HelpButton.tsx";
import { openParts, openView } from "./views.ts";

const SEVERAL = "several as one";
/** No name of a run. */
const CHOOSE = "\n";

export function TopBar(): JSX.Element {
  const bar = useFittedBar();
  const runs = view.runs.value ?? [];
  const current = view.runInfo.value;
  const last = view.lastStep.value;
  const missing = view.missingRun.value && `missing: ${view.missingRun.value}`;
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
      <Select
        label="split"
        value={current?.run ?? ""}
        options={splits.map(({ run, split }) => ({
          value: run,
          text: split || "all",
        }))}
        onChoose={(run) => void chooseRun(run)}
      />
      <Select
        label="output"
        value={view.output.value}
        options={(current?.outputs ?? []).map((value) => ({
          value,
          text: value,
          // Probes stand under the layer that they read.
          group: /(.+)_(probe\d+|linear)$/.exec(value)?.[1],
        }))}
        onChoose={(output) => void chooseRun(view.run.value, output)}
      />
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
      <hr />
      <CompareChoice />
      <LevelChoice />
      {openView.value ? <ViewChoices /> : <MatrixChoices />}
      <div class="tail">
        <ClassFinder />
        <ExportMenu caption={() => captionParts().map(([text]) => text)} />
        <HelpButton />
      </div>
    </header>
  );
}

function MatrixChoices(): JSX.Element {
  return (
    <>
      <OrderChoice />
      <ValueChoice />
      <hr />
      <ShowChoice />
    </>
  );
}

function ViewChoices(): JSX.Element | null {
  const parts = openParts.value;
  return parts && <parts.Choices />;
}
