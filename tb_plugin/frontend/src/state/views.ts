/** What a view of the selection must offer; `page/views.ts` finds them all. */

import type { JSX } from "preact";
import type { Tree } from "../hierarchy/tree.ts";
import type { ShortcutHelp } from "../ui/shortcuts.ts";
import type { Part } from "../ui/textFitting.ts";

/** The code of a view, which comes when the view is first wanted. */
export interface ViewParts {
  /** What stands in the place of the matrix. */
  Middle: () => JSX.Element | null;
  /** What the panel shows. */
  Side: (props: { tree: Tree }) => JSX.Element | null;
  /** Its choices in the top bar. */
  Choices: () => JSX.Element | null;
  /** Phrases of the caption. */
  caption: () => Part[];
  /** Its own keys, for the help. */
  shortcuts: readonly ShortcutHelp[];
}

export interface View {
  /** In links and test ids. */
  key: string;
  /** On its tab, and above its keys in the help. */
  name: string;
  /** Its place among the tabs. */
  place: number;
  /** Whether it has anything to show, now that the runs are known. */
  isOffered: () => boolean;
  /** Whether its code is wanted although another view is open. */
  isWanted?: () => boolean;
  /** Asks for its code, and returns it once it has come. */
  parts: () => ViewParts | null;
  /** A key of the page that opens it, and closes it again. */
  toggledBy?: ShortcutHelp;
}
