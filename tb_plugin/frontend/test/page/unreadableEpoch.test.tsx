// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { Notice } from "../../src/page/Notice.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { until } from "../until.ts";

test("in place of an epoch that cannot be read another one is offered", async () => {
  const memory = memorySource([petsRun]);
  const broken = "The cells hold 39 samples; the header says 40.";
  useSource({
    ...memory,
    matrix: async (run, output, step) => {
      if (step === 2) throw new Error(broken);
      return memory.matrix(run, output, step);
    },
  });
  await start({ run: petsRun.run, step: "2" });
  await until(() => view.epochError.value !== null);
  render(<Notice left={0} top={0} width={1} height={1} />, document.body);
  await expect
    .poll(() => document.body.textContent)
    .toContain("The other 1 epoch can: show epoch 1");
});
