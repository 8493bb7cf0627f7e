/** The picture of a sample, or its id where there is none. */

import type { JSX } from "preact";
import { shown } from "../data/loadSamples.ts";
import { pictureOf } from "../data/pictureCache.ts";

/** What a log lacks, and what may leave it out. */
const WHY = "No picture of this sample was logged (thumbnails_per_class)";

export function Picture(props: { sample: number; side: number }): JSX.Element {
  const { sample, side } = props;
  const address = pictureOf(sample).value;
  if (address) {
    return (
      <img src={address} alt="" width={side} height={side} decoding="async" />
    );
  }
  const id = shown.value?.index.ids[sample] ?? "";
  // Files of one data set differ in their last letters.
  const text = id.length > 36 ? `…${id.slice(-35)}` : id;
  return (
    <span
      class="blank"
      title={address === null ? WHY : undefined}
      style={{ width: `${side}px`, height: `${side}px` }}
    >
      {address === null && text}
    </span>
  );
}
