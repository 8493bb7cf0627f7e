/** How probable it is at most that a label is wrong; at most none would be sure. */
export function upperEstimate(trust: number): string {
  return trust < 0.005
    ? "P(wrong) <0.01"
    : `P(wrong) at most ${trust.toFixed(2)}`;
}
