/** The bar of choices: native selects and buttons, drawn quietly. */

import type { JSX } from "preact";
import { Choice, plain } from "./choice.tsx";
import { CompareChoice } from "./comparechoice.tsx";
import { ExportMenu } from "./exportmenu.tsx";
import { Finder } from "./finder.tsx";
import { whole } from "./format.ts";
import { HelpButton } from "./help.tsx";
import { ShowChoice, ValueChoice } from "./showchoice.tsx";
import { chooseRun } from "./store.ts";
import * as view from "./view.ts";

export function TopBar(): JSX.Element {
  const runs = view.runs.value ?? [];
  const current = runs.find(({ run }) => run === view.run.value);
  const splits = runs.filter(({ name }) => name === current?.name);
  const chooseName = (name: string): void => {
    const same = runs.filter((each) => each.name === name);
    const target =
      same.find(({ split }) => split === current?.split) ?? same[0];
    if (target) void chooseRun(target.run);
  };
  return (
    <header class="topbar" data-testid="topbar">
      <Choice
        label="run"
        value={current?.name ?? ""}
        options={plain(runs.map(({ name }) => name))}
        onChoose={chooseName}
      />
      <Choice
        label="split"
        value={view.run.value}
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
      <ValueChoice />
      <hr />
      <ShowChoice />
      <div class="tail">
        <Finder />
        <ExportMenu />
        <HelpButton />
      </div>
    </header>
  );
}

function Levels(): JSX.Element | null {
  const levels = view.tree.value?.levels ?? [];
  return (
    <fieldset class="levels" data-testid="levels">
      <legend class="label">level</legend>
      {levels.map(({ groups }, index) => (
        <button
          key={groups}
          type="button"
          aria-pressed={index === view.levelIndex.value}
          title={
            index === levels.length - 1
              ? `every one of ${whole(groups)}`
              : `${whole(groups)} groups`
          }
          onClick={() => {
            view.level.value = index === levels.length - 1 ? 0 : groups;
          }}
        >
          {whole(groups)}
        </button>
      ))}
    </fieldset>
  );
}
