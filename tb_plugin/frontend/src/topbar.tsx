/** The bar of choices: native selects and buttons, drawn quietly. */

import type { JSX } from "preact";
import { whole } from "./format.ts";
import { chooseRun } from "./store.ts";
import * as view from "./view.ts";

interface Option {
  value: string;
  text: string;
}

function Choice(props: {
  label: string;
  value: string;
  options: Option[];
  onChoose: (value: string) => void;
}): JSX.Element {
  const { label, value, options, onChoose } = props;
  const shown = options.find((option) => option.value === value);
  return (
    <label class="choice">
      <span class="label">{label}</span>
      <span class="value" aria-hidden="true">
        {shown?.text ?? value}
      </span>
      <select
        aria-label={label}
        value={value}
        onChange={({ currentTarget }) => {
          onChoose(currentTarget.value);
          // What is shown decides, once it has come.
          currentTarget.value = value;
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

function plain(values: Iterable<string>): Option[] {
  return [...new Set(values)].map((value) => ({ value, text: value }));
}

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
      <Levels />
      <Choice
        label="value"
        value={view.value.value}
        options={[
          { value: "count", text: "count" },
          { value: "share", text: "% of row" },
        ]}
        onChoose={(value) => {
          view.value.value = value as view.Value;
        }}
      />
      <hr />
      <Choice
        label="show"
        value={view.show.value}
        options={[
          { value: "errors", text: "errors" },
          { value: "all", text: "all answers" },
        ]}
        onChoose={(show) => {
          view.show.value = show as view.Show;
        }}
      />
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
