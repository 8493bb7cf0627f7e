/** Hands files to the user. */

import * as view from "../state/view.ts";

/** `blocks-plain-validation-class-epoch50-dog.csv`: says what is in it. */
export function fileName(
  parts: readonly (string | number)[],
  ending: string,
): string {
  const safe = parts
    .map((part) => String(part).replace(/[^\p{L}\p{N}._-]+/gu, "-"))
    .map((part) => part.replace(/^[-.]+|[-.]+$/g, "").slice(0, 40))
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
  const name = info?.members ? `${info.name} ${info.split}` : view.run.value;
  const shown = [name, view.output.value, `epoch${step}`];
  return fileName([...shown, ...more], ending);
}

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
