/** What a key does, and what the help says of it. */

/** A line of the help. */
export interface ShortcutHelp {
  /** As `KeyboardEvent.key` names them; upper case for letters with shift. */
  keys: readonly string[];
  does: string;
}

export interface Shortcut extends ShortcutHelp {
  act: (key: string) => void;
}

/** What takes every key while it has the focus. */
export const INPUTS = "select, input, textarea, dialog, [popover]";

/** What takes arrow keys, too. */
export const CONTROLS = `${INPUTS}, [role=slider], [role=tablist]`;
