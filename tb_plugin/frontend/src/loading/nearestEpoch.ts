/** The epoch of one series that stands for an epoch of another. */

interface Step {
  step: number;
}

/** The last epoch up to a step, else the first. */
export function nearestEpoch<Epoch extends Step>(
  epochs: readonly Epoch[],
  step: number,
): Epoch | undefined {
  return epochs.findLast((epoch) => epoch.step <= step) ?? epochs[0];
}

/** The step of the readable epoch closest to another, the later of two. */
export function nearestReadable(
  readable: readonly Step[],
  step: number,
): number | null {
  let best: number | null = null;
  for (const each of readable) {
    const isCloser =
      best === null || Math.abs(each.step - step) <= Math.abs(best - step);
    if (isCloser) best = each.step;
  }
  return best;
}

/**
 * The epoch of another series in the place of one of this: its last for the
 * last, else the same or the nearest.
 */
export function samePlace<Epoch extends Step & { error?: string }>(
  shown: readonly Step[],
  step: number,
  epochs: readonly Epoch[],
): Epoch | undefined {
  const readable = epochs.filter(({ error }) => error === undefined);
  const last = readable.at(-1) ?? epochs.at(-1);
  if (!shown.length || step === shown.at(-1)?.step) return last;
  const near = nearestReadable(readable, step);
  return (
    epochs.find((each) => each.step === step) ??
    epochs.find((each) => each.step === near) ??
    last
  );
}
