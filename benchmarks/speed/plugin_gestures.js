// What the benchmark does in the page, and how long the page takes to show it.
//
// A gesture begins with a frame, as the browser itself aligns the pointer's
// events, and ends when its last change has been painted: a message posted
// from the frame is handled after that frame's style, layout and paint. The
// map draws its canvas in the frame after the change; waiting for that one
// counts.

const frame = () => new Promise((next) => requestAnimationFrame(next));
const painted = () =>
  new Promise((next) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => next(performance.now());
    port2.postMessage(null);
  });

let drawn = 0;
{
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.dataset.testid === "matrix") drawn++;
    return clearRect.apply(this, box);
  };
}

const map = () => document.querySelector('[data-testid="map"]');
const canvas = () => document.querySelector('[data-testid="matrix"]');
const quiet = () => new Promise((next) => setTimeout(next, 60));

/** After the quarter of a second in which the matrix makes room for names. */
const glided = () => new Promise((next) => setTimeout(next, 300));

/** Milliseconds from a gesture to its effect, painted. */
async function timed(gesture, { redraws, isDone = () => true, most = 200 }) {
  await quiet();
  await frame();
  const before = drawn;
  const start = performance.now();
  gesture();
  for (let frames = 0; frames < most; frames++) {
    const end = await painted();
    if (isDone() && (!redraws || drawn > before)) return end - start;
    await frame();
  }
  throw new Error("the page did not follow");
}

const at = (x, y, type, more = {}) => {
  const box = map().getBoundingClientRect();
  const [clientX, clientY] = [box.left + x, box.top + y];
  const target = document.elementFromPoint(clientX, clientY) ?? map();
  const common = { bubbles: true, cancelable: true, clientX, clientY };
  target.dispatchEvent(
    new PointerEvent(type, { ...common, pointerId: 1, button: 0, ...more }),
  );
};

/** Points all over the matrix, the same in every run. */
function* places([left, top, size], count) {
  for (let i = 0; i < count; i++) {
    const [x, y] = [(i * 0.618034) % 1, (i * 0.754878) % 1];
    yield [left + 8 + x * (size - 16), top + 8 + y * (size - 16)];
  }
}

window.blocksBenchmark = {
  /** From the pointer to dashed lines and tooltip. */
  async hover(matrix, count) {
    const times = [];
    for (const [x, y] of places(matrix, count)) {
      const isDone = () => document.querySelector('[data-testid="tooltip"]');
      const gesture = () => at(x, y, "pointermove");
      times.push(await timed(gesture, { redraws: false, isDone }));
    }
    at(2, 2, "pointermove");
    return times;
  },

  /** From the click on a group's name to panel and marked matrix. */
  async select(count) {
    const names = [
      ...document.querySelectorAll('[data-testid="tree-actual"] .node'),
    ];
    const times = [];
    for (let i = 0; i < count; i++) {
      const { node } = names[i % names.length].dataset;
      const item = document.querySelector(
        `[data-testid="tree-actual"] [data-node="${node}"]`,
      );
      const name = item.getAttribute("aria-label").replace(/, [\d,]+ class.*$/, "");
      const box = item.getBoundingClientRect();
      const origin = map().getBoundingClientRect();
      const [x, y] = [
        box.left + box.width / 2 - origin.left,
        box.top + box.height / 2 - origin.top,
      ];
      const gesture = () => {
        at(x, y, "pointerdown");
        at(x, y, "pointerup");
      };
      const isDone = () =>
        document
          .querySelector('[data-testid="selection"]')
          ?.textContent.includes(name);
      times.push(await timed(gesture, { redraws: true, isDone }));
    }
    return times;
  },

  /** From the click on a level to the matrix of that cut. */
  async collapse(count) {
    const levels = () => [
      ...document.querySelectorAll('[data-testid="levels"] button'),
    ];
    const times = [];
    for (let i = 0; i < count; i++) {
      const all = levels();
      const button = all[(i + 1) % all.length];
      times.push(await timed(() => button.click(), { redraws: true }));
      await glided();
    }
    levels().at(-1).click();
    await glided();
    return times;
  },

  /** From the choice of an order to the matrix in it and the words of it. */
  async order(count) {
    const orders = ["confusion", "label", "recall", "tree"];
    const order = () =>
      document.querySelector('[aria-label="order of siblings"]');
    document.querySelector('[data-testid="view"]').click();
    while (!order()) await frame();
    const choice = order();
    const said = () =>
      document.querySelector('[data-testid="caption"]').textContent;
    const times = [];
    for (let i = 0; i < count; i++) {
      const name = orders[i % orders.length];
      const option = [...choice.options].find(({ text }) =>
        text.startsWith(name),
      );
      const words = name === "tree" ? "the tree's" : `siblings by ${name}`;
      const gesture = () => {
        choice.value = option.value;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
      };
      const isDone = () => said().includes(`order: ${words}`);
      // The server puts many classes into an order by their confusions.
      times.push(await timed(gesture, { redraws: true, isDone, most: 2000 }));
    }
    return times;
  },

  /** From the click on *all classes* to the table of all of them. */
  async table(count) {
    const named = (name) =>
      [...document.querySelectorAll('[data-testid="panel"] .switch button')].find(
        ({ textContent }) => textContent === name,
      );
    const isListed = () => document.querySelector('[data-testid="classes"]');
    const times = [];
    for (let i = 0; i < count; i++) {
      const isDone = () => isListed() !== null;
      const gesture = () => named("all classes").click();
      times.push(await timed(gesture, { redraws: false, isDone }));
      named("groups").click();
      while (isListed()) await frame();
    }
    return times;
  },

  /** From the click on a head to the table in its order. */
  async sort(count) {
    const heads = ["samples", "precision", "rank", "name", "recall"];
    const button = (name) =>
      [...document.querySelectorAll(".heads button")].find(({ textContent }) =>
        textContent.startsWith(name),
      );
    [...document.querySelectorAll('[data-testid="panel"] .switch button')]
      .find(({ textContent }) => textContent === "all classes")
      .click();
    while (!button("name")) await frame();
    const times = [];
    for (let i = 0; i < count; i++) {
      const head = button(heads[i % heads.length]);
      const isDone = () => head.getAttribute("aria-pressed") === "true";
      const gesture = () => head.click();
      times.push(await timed(gesture, { redraws: false, isDone }));
    }
    return times;
  },

  /** From a key to the next epoch, each as soon as the last is drawn. */
  async scrub(keys) {
    const times = [];
    for (const key of keys) {
      const since = performance.getEntriesByName("blocks:matrix").length;
      document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true }),
      );
      for (let tries = 0; tries < 2000; tries++) {
        const all = performance.getEntriesByName("blocks:matrix");
        if (all.length > since) {
          times.push(all.at(-1).duration);
          break;
        }
        await new Promise((next) => setTimeout(next, 2));
      }
    }
    return times;
  },

  /** The times of the frames while the wheel zooms in and out. */
  async zoom(seconds) {
    const box = map().getBoundingClientRect();
    const frames = [];
    const start = performance.now();
    for (;;) {
      const now = await frame();
      frames.push(now);
      const elapsed = performance.now() - start;
      if (elapsed > seconds * 1000) return frames;
      const isIn = Math.floor(elapsed / 750) % 2 === 0;
      map().dispatchEvent(
        new WheelEvent("wheel", {
          ...{ bubbles: true, cancelable: true, deltaY: isIn ? -30 : 30 },
          ...{ clientX: box.left + box.width * 0.6, clientY: box.top + 300 },
        }),
      );
    }
  },
};
