/** A comparison in words: of what, and how. */

import {
  inShares,
  isOtherSize,
  mismatch,
  names,
  other,
  showsChanges,
} from "./compared.ts";
import { whole } from "./format.ts";
import { epoch } from "./view.ts";

/** What is subtracted from what, or why it is not. */
export function comparisonInWords(): string[] {
  const { shown, other: there } = names.value;
  if (mismatch.value) return [`${there} cannot be compared`];
  if (!other.value) return [`waiting for ${there}`];
  const said = showsChanges.value
    ? [`${there} − ${shown}`]
    : [`${shown}, ${there}`];
  const [here, more] = [epoch.value!.errors, other.value.errors];
  said.push(`errors: ${shown} ${whole(here)}, ${there} ${whole(more)}`);
  if (inShares.value) {
    said.push(
      isOtherSize.value
        ? `% of rows, since ${there} has ${whole(other.value.total)} samples`
        : "% of each row",
    );
  }
  return said;
}
