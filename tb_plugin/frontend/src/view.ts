/**
 * The view: its state, and what follows from it.
 *
 * Everything that shows or changes the view takes it from here, as `view.…`.
 * The parts take from one another, downwards only, and from what the user chose
 * about one thing, such as folding.ts and compare.ts.
 */

export * from "./view/absent.ts";
export * from "./view/alone.ts";
export * from "./view/beside.ts";
export * from "./view/drawn.ts";
export * from "./view/levels.ts";
export * from "./view/linked.ts";
export * from "./view/marked.ts";
export * from "./view/state.ts";
export * from "./view/window.ts";
