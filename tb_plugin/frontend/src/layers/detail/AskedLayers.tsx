/** Which layers are worth asking besides the output, and how it is done. */

import type { JSX } from "preact";
import { shortName } from "../../hierarchy/shortNames.ts";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { pageFrame } from "../../state/all.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { layerNames } from "../data/chosenLayer.ts";
import { pointsWithin } from "../data/inWords.ts";

const small = measureAt(11);
/** What a name leaves to its number, and the panel around both. */
const BESIDE = 176;

const UNKNOWN =
  "Not known: asking the same layers of an untrained network may take as many errors off.";

/** The lines of Python that give these layers heads over the classes. */
export function linesFor(layers: readonly string[]): string {
  const heads = layers.map(
    // What JSON escapes, Python reads the same.
    (name) => `${JSON.stringify(name)}: hierarchy.cut(max_size=1)`,
  );
  return `heads = {${heads.join(", ")}}\nmodel = kh.add_heads(model, heads=heads)`;
}

export function AskedLayers(props: {
  of: LayersRecord;
  beaten: string | null;
}): JSX.Element | null {
  const { of, beaten } = props;
  const isHeld = of.asked_over.every((over) => over != null);
  const names = isHeld ? of.asked.map((at) => of.layers[at]!) : [];
  const said = beaten ?? (isHeld ? null : UNKNOWN);
  if (!names.length && said === null) return null;
  const room = pageFrame.value.panel.width - BESIDE;
  return (
    <section aria-label="Worth asking" data-testid="layers-asked">
      <h2>
        Worth asking <span class="label">besides the output, in turn</span>
      </h2>
      {said && <p data-testid="layers-beaten">{said}</p>}
      {names.length > 0 && (
        <dl>
          {names.map((name, k) => (
            <div key={name}>
              <dt title={name}>
                {shortName(layerNames.value, of.asked[k]!, room, small)}
              </dt>
              <dd>
                {pointsWithin(of.asked_over[k], of.asked_over_se[k])}
                <span class="label"> points of error</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {names.length > 0 && (
        <p class="label">
          Over the same layers of an untrained network, asked in their place.
        </p>
      )}
      {names.length > 0 && beaten === null && <Heads of={names} />}
    </section>
  );
}

function Heads({ of }: { of: readonly string[] }): JSX.Element {
  const lines = linesFor(of);
  return (
    <>
      <p class="label">
        A head over the classes at each asks it in training:
        docs/how-to/heads.md.
      </p>
      <pre data-testid="layers-code">{lines}</pre>
    </>
  );
}
