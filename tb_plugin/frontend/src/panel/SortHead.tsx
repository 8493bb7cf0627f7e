/** Heads of columns that sort. */

import type { ComponentChildren, JSX } from "preact";

interface HeadProps {
  sorted: { isOn: boolean; flipped: boolean; isUp: boolean };
  onSort: () => void;
  title?: string;
  children: ComponentChildren;
}

export function SortHead(props: HeadProps): JSX.Element {
  const { sorted, onSort, title, children } = props;
  const { isOn, flipped, isUp } = sorted;
  const up = isUp !== flipped;
  return (
    <button
      type="button"
      class={isOn ? "head on" : "head"}
      title={title}
      aria-pressed={isOn}
      onClick={onSort}
    >
      {children}
      {isOn && <i aria-hidden="true">{up ? "▲" : "▼"}</i>}
    </button>
  );
}
