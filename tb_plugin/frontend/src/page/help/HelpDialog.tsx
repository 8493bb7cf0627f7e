/** The shortcuts, and what the pointer does, over the page. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { addStyle } from "../../ui/addStyle.ts";
import { CloseButton } from "../../ui/CloseButton.tsx";
import type { ShortcutHelp } from "../../ui/shortcuts.ts";
import { helpIsOpen, shortcuts } from "../keyboard.ts";
import { openParts, openView } from "../views.ts";
import style from "./helpDialog.css?inline";

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

/** What they do is seen in the matrix alone. */
const OF_THE_MATRIX = ["Enter", "0"];

/** Those of the view that is open, which are the page's elsewhere. */
function ownKeys(): readonly ShortcutHelp[] {
  return openParts.value?.shortcuts ?? [];
}

export function HelpDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const own = ownKeys();
  const taken = new Set(own.flatMap(({ keys }) => keys));
  if (own.length) for (const key of OF_THE_MATRIX) taken.add(key);
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
        {own.length > 0 && (
          <>
            <h2>{openView.value?.name}</h2>
            <Keys of={own} />
          </>
        )}
        <h2>{own.length ? "Everywhere" : "Keys"}</h2>
        <Keys
          of={shortcuts().filter(
            // A view that takes a letter takes it with Shift as well.
            ({ keys: [key] }) =>
              !taken.has(key!) && !taken.has(key!.toLowerCase()),
          )}
        />
        {!own.length && (
          <>
            <h2>Pointer</h2>
            <dl>
              {POINTER.map(([gesture, does]) => (
                <div key={gesture}>
                  <dt>{gesture}</dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </div>
      <CloseButton />
    </dialog>
  );
}

function Keys({ of }: { of: readonly ShortcutHelp[] }): JSX.Element {
  return (
    <dl>
      {of.map(({ keys, does }) => (
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
  );
}
