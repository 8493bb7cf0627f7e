/** How many pixels of a canvas there are to one of the page, at least. */

import { signal } from "@preact/signals";

/** Raised while a picture is taken. */
export const leastRatio = signal(1);
