/** The bar of choices: native selects and buttons, drawn quietly. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { Choice, plain } from "./choice.tsx";
import { against } from "./compare.ts";
import { CompareChoice } from "./comparechoice.tsx";
import { ExportMenu } from "./exportmenu.tsx";
import { Finder } from "./finder.tsx";
import { HelpButton } from "./help.tsx";
import { Levels } from "./levels.tsx";
import { chooseRun } from "./loading/series.ts";
import { OrderChoice } from "./orderchoice.tsx";
import { sampled } from "./sampled.ts";
import { ShowChoice, ValueChoice } from "./showchoice.tsx";
import { tab } from "./tab.ts";
import * as view from "./view.ts";

/** A comparison needs room: what runs are called speaks for itself. */
const isTight = computed(
  () => against.value !== "" && view.pageSize.value.width < 1600,
);

export function TopBar(): JSX.Element {
  const runs = view.runs.value ?? [];
  const current = runs.find(({ run }) => run === view.run.value);
  const missing = view.missingRun.value && `missing: ${view.missingRun.value}`;
  const splits = runs.filter(({ name }) => name === current?.name);
  const chooseName = (name: string): void => {
    const same = runs.filter((each) => each.name === name);
    const target =
      same.find(({ split }) => split === current?.split) ?? same[0];
    if (target) void chooseRun(target.run);
  };
  return (
    <header
      class={isTight.value ? "topbar tight" : "topbar"}
      data-testid="topbar"
    >
      <Choice
        label="run"
        value={current?.name ?? missing}
        options={plain(runs.map(({ name }) => name))}
        onChoose={chooseName}
      />
      <Choice
        label="split"
        value={current?.run ?? ""}
        options={splits.map(({ run, split }) => ({
          value: run,
          text: split || "all",
        }))}
        onChoose={(run) => void chooseRun(run)}
      />
      <Choice
        label="output"
        value={view.output.value}
        options={plain(current?.outputs ?? [])}
        onChoose={(output) => void chooseRun(view.run.value, output)}
      />
      <Choice
        label="epoch"
        value={String(view.step.value)}
        options={view.epochs.value.map(({ step, error }) => ({
          value: String(step),
          text: error === undefined ? String(step) : `${step} (unreadable)`,
        }))}
        onChoose={(step) => {
          view.goToStep(Number(step));
        }}
      />
      <hr />
      <CompareChoice />
      <Levels />
      {tab.value === "errors" ? <MatrixChoices /> : <TabChoices />}
      <div class="tail">
        <Finder />
        <ExportMenu />
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

function TabChoices(): JSX.Element | null {
  const part = sampled.value;
  return part && <part.Choices />;
}
