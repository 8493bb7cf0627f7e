/** The state of the view and what follows from it, taken as `view.…`. */

export * from "./axisGroups.ts";
export * from "./drawnCells.ts";
export * from "./isolatedClasses.ts";
export * from "./levels.ts";
export * from "./missingRun.ts";
export * from "./page.ts";
export * from "./selectionMarks.ts";
export * from "./window.ts";
