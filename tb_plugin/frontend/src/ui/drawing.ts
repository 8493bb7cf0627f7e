/**
 * Numbers of the drawing that the pictures of `keras-hier report` have as well:
 * both read them from one file. Lengths are in CSS pixels.
 */

export {
  absences,
  bins,
  countScale,
  diagonal,
  gaps,
  legend,
  marks,
  names,
  numbersFrom,
  outlines,
  shades,
  sideBars,
  ticks,
  tree,
} from "../../../../keras_hier/report/drawing.json";
