/**
 * The view: its state, and what follows from it.
 *
 * Everything that shows or changes the view takes it from here, as `view.…`.
 * The parts take from one another, downwards only, and from what the user chose
 * about one thing, such as folding.ts and compare.ts.
 */

export * from "./axisGroups.ts";
export * from "./drawnCells.ts";
export * from "./isolatedClasses.ts";
export * from "./levels.ts";
export * from "./missingRun.ts";
export * from "./page.ts";
export * from "./selectionMarks.ts";
export * from "./window.ts";
