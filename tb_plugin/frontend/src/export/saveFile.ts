import { fullName } from "../hierarchy/classNames.ts";
import { kindOf, type Selection } from "../hierarchy/selection.ts";
import * as view from "../state/all.ts";

const LONGEST = 40;

/** Its beginning and its end, which tells runs apart: "alexnet-...-seed2". */
function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= LONGEST) return name;
  return `${letters.slice(0, 19).join("")}...${letters.slice(-18).join("")}`;
}

/** `blocks-plain-validation-class-epoch50-dog.csv`: says what is in it. */
export function fileName(
  parts: readonly (string | number)[],
  ending: string,
): string {
  const safe = parts
    .map((part) => String(part).replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-"))
    .map((part) => shortened(part.replace(/^[-.]+|[-.]+$/g, "")))
    .filter(Boolean);
  return `${["blocks", ...safe].join("-")}.${ending}`;
}

/** The file of what is shown, with more of what is in it. */
export function nameOfShown(
  more: readonly string[],
  ending: string,
  step = view.drawnStep.value,
): string {
  const info = view.runInfo.value;
  // A set is known by what all of its runs are called.
  const run = info ? [info.name, info.split] : [view.run.value];
  const shown = [...run, view.output.value, `epoch${step}`];
  return fileName([...shown, ...more], ending);
}

/** What a selection is called in the name of a file. */
export function namesOf(selection: Selection): string[] {
  const tree = view.tree.value!;
  const { rows, columns } = selection;
  const [row, column] = [fullName(tree, rows), fullName(tree, columns)];
  switch (kindOf(selection)) {
    case "all":
      return [];
    case "group":
      return [row];
    case "rectangle":
      return ["rectangle"];
    default:
      return [row, "as", column];
  }
}

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
