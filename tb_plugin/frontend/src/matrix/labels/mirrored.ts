/** What is drawn a second time, over the second of two matrices. */

import { createContext } from "preact";

/** Whether names are copies: without a role, and no stop for the keyboard. */
export const IsMirrored = createContext(false);
