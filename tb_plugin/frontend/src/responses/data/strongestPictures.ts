/** The pictures of a channel's strongest samples, where the run has some. */

import { addressOf, decodePieces } from "../../samples/data/pictureFormat.ts";
import type {
  ChannelAnswer,
  ChannelSample,
  ChannelsAnswer,
} from "../../server/responsesAnswer.ts";
import { source } from "../../server/source.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";

/** Addresses for images by the number of the sample. */
export type Pictures = ReadonlyMap<number, string>;

const known = new PromiseCache<Pictures>(200);

export function picturesOf(
  run: string,
  index: ChannelsAnswer["index"],
  samples: readonly ChannelSample[],
): Promise<Pictures> {
  const numbers = samples.flatMap((each) => each.number ?? []);
  if (!index || !numbers.length) return Promise.resolve(new Map());
  return known.get(JSON.stringify([run, index, numbers]), async () => {
    const { files } = decodePieces(
      await source().pictures(run, index, numbers),
    );
    return new Map(
      [...files]
        .filter(([, file]) => file.length)
        .map(([number, file]) => [number, addressOf(file)]),
    );
  });
}

/** What stands below a channel where not all can be shown; "" for nothing. */
export function lackInWords(
  of: Pick<ChannelAnswer, "samples" | "samples_error">,
): string {
  if (of.samples_error) return of.samples_error;
  if (!of.samples) {
    return "Which samples a channel fires at is not in the log: it takes data with ids. keras-hier probe has those of its files; give others as (x, y, ids).";
  }
  if (!of.samples.some((each) => each.number != null)) {
    return "The run has logged no samples with these ids. BlocksCallback(samples=...) over data with the same ids logs their pictures.";
  }
  return "";
}
