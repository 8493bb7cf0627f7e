/** A native select that looks like its value. */

import type { JSX } from "preact";

/** Letters of a text that may be cut short. */
const LONG = 12;

export interface Option {
  value: string;
  text: string;
  /** As it stands in the bar, where that must be shorter. */
  short?: string;
  /** What it stands under, behind those that stand under nothing. */
  group?: string | undefined;
}

export function Select(props: {
  label: string;
  /** For those who do not see where it stands; else the label. */
  name?: string;
  value: string;
  options: Option[];
  onChoose: (value: string) => void;
}): JSX.Element {
  const { label, name, value, options, onChoose } = props;
  const shown = options.find((option) => option.value === value);
  const groups = new Set(options.flatMap(({ group }) => group ?? []));
  // One value alone is said, and no choice.
  const hasChoice = options.length > 1 || !shown;
  const text = shown?.short ?? shown?.text ?? value;
  const Frame = hasChoice ? "label" : "span";
  return (
    <Frame
      class={text.length > LONG ? "choice long" : "choice"}
      title={`${name ?? label}: ${shown?.text ?? value}`}
    >
      {label && <span class="label">{label}</span>}
      <span class="value" aria-hidden={hasChoice}>
        {text}
      </span>
      {hasChoice && (
        <select
          aria-label={name ?? label}
          value={value}
          onChange={({ currentTarget }) => {
            onChoose(currentTarget.value);
            // What is shown decides, once it has come.
            currentTarget.value = value;
          }}
        >
          <Options of={options.filter(({ group }) => !group)} />
          {[...groups].map((group) => (
            <optgroup key={group} label={group}>
              <Options of={options.filter((each) => each.group === group)} />
            </optgroup>
          ))}
        </select>
      )}
    </Frame>
  );
}

function Options({ of }: { of: readonly Option[] }): JSX.Element {
  return (
    <>
      {of.map(({ value, text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </>
  );
}

export function plain(values: Iterable<string>): Option[] {
  return [...new Set(values)].map((value) => ({ value, text: value }));
}
