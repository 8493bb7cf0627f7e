/** The shortcuts, and what the pointer does, over the page. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { helpIsOpen, SHORTCUTS } from "./keys.ts";
import style from "./style/help.css?inline";
import { addStyle } from "./styles.ts";

const SIGNS: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
  Escape: "Esc",
  C: "Shift + c",
};

const POINTER: readonly [gesture: string, does: string][] = [
  ["click", "select a cell, group or block; a side bar: its band"],
  ["drag", "select a rectangle"],
  ["double-click", "zoom to it"],
  ["arrow of a group", "collapse, expand it; with Shift on this axis alone"],
  ["wheel, pinch", "zoom about the pointer"],
  ["Shift + drag, Shift + wheel", "move"],
];

addStyle(style);

export function HelpDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    helpIsOpen.value = false;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog
    <dialog
      ref={dialog}
      class="help"
      data-testid="help"
      aria-label="Shortcuts"
      onClose={close}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close();
      }}
    >
      <div>
        <h2>Keys</h2>
        <dl>
          {SHORTCUTS.map(({ keys, does }) => (
            <div key={does}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{SIGNS[key] ?? key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <h2>Pointer</h2>
        <dl>
          {POINTER.map(([gesture, does]) => (
            <div key={gesture}>
              <dt>{gesture}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
      <button
        type="button"
        class="label"
        onClick={() => dialog.current?.close()}
      >
        Close
      </button>
    </dialog>
  );
}
