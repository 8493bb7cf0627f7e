// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { type Loaded, shown } from "../../src/samples/data/loadSamples.ts";
import {
  followPictures,
  isLacking,
  LACKING,
  pictureOf,
} from "../../src/samples/data/pictureCache.ts";
import { useSource } from "../../src/server/source.ts";
import { memorySource } from "../memorySource.ts";

/** One picture of one byte, as the log packs it. */
function piece(sample: number): ArrayBuffer {
  const header = new TextEncoder().encode(
    JSON.stringify({ version: 1, pictures: 1, firsts: [0] }),
  );
  const table = Uint32Array.of(header.length, sample, 0, 1);
  const [length, ...rest] = [0, 4, 8, 12].map(
    (at) => new Uint8Array(table.buffer, at, 4),
  ) as [Uint8Array, ...Uint8Array[]];
  const magic = new TextEncoder().encode("KHP1");
  const numbers = rest.flatMap((each) => [...each]);
  return Uint8Array.from([...magic, ...length, ...header, ...numbers, 255])
    .buffer;
}

/** What was asked, and how each answer is let go. */
let asked: {
  run: string;
  samples: readonly number[];
  answer: (buffer: ArrayBuffer) => void;
  refuse: (error: Error) => void;
}[] = [];

const NONE = new ArrayBuffer(0);
const look = (run: string, index = "same"): void => {
  shown.value = { run, record: { header: { index } } } as unknown as Loaded;
};
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

beforeAll(() => {
  useSource({
    ...memorySource(),
    pictures: (run, _index, samples) =>
      new Promise((answer, refuse) => {
        asked.push({
          run,
          samples,
          answer: (buffer) => answer([buffer]),
          refuse,
        });
      }),
  });
  followPictures();
});

beforeEach(() => {
  look("none", "");
  look("nobody", `${Math.random()}`);
  asked = [];
});

test("a picture that one run lacks is asked of the run that is chosen meanwhile", async () => {
  look("without");
  const picture = pictureOf(3);
  await settled();
  look("with");
  asked[0]!.answer(NONE);
  await settled();
  expect(picture.value).toBeUndefined();
  expect(asked.map(({ run, samples }) => [run, ...samples])).toEqual([
    ["without", 3],
    ["with", 3],
  ]);
  asked[1]!.answer(piece(3));
  await settled();
  expect(picture.value).toMatch(/^data:image\/jpeg/);
});

test("so is one that the run before could not give", async () => {
  look("broken");
  const picture = pictureOf(3);
  await settled();
  look("with");
  asked[0]!.refuse(new Error("damaged"));
  await settled();
  asked[1]!.answer(piece(3));
  await settled();
  expect(picture.value).toMatch(/^data:image\/jpeg/);
});

test("a picture of the same sample is taken from whichever run has it", async () => {
  look("with");
  const picture = pictureOf(3);
  await settled();
  look("without");
  asked[0]!.answer(piece(3));
  await settled();
  expect(picture.value).toMatch(/^data:image\/jpeg/);
  expect(asked).toHaveLength(1);
});

test("samples of another index wait for their own pictures", async () => {
  look("first");
  pictureOf(3);
  await settled();
  look("second", "another");
  const picture = pictureOf(3);
  await settled();
  asked[0]!.refuse(new Error("damaged"));
  await settled();
  expect(pictureOf(3)).toBe(picture);
  asked[1]!.answer(piece(3));
  await settled();
  expect(picture.value).toMatch(/^data:image\/jpeg/);
});

test("that some have none is said where others have one, whichever they are", async () => {
  look("some");
  pictureOf(3);
  await settled();
  // A picture of the class's third sample, and none of its first.
  asked[0]!.answer(piece(3));
  await settled();
  expect(isLacking.value).toBe(false);
  pictureOf(0);
  await settled();
  asked[1]!.answer(NONE);
  await settled();
  expect(isLacking.value).toBe(true);
  expect(LACKING).toBe("file names: some samples have no picture");
});
