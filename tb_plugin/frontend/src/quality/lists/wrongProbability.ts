/** How probable a model of the labels says that one is wrong; none is certain. */
export function wrongProbability(trust: number): string {
  if (trust < 0.005) return "P(wrong) <0.01";
  return `P(wrong) ${trust < 0.995 ? trust.toFixed(2) : ">0.99"}`;
}
