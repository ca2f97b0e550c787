// An AE and a VAE with two latent numbers learn small digits from nothing, on one clock.

import { anySeed } from "../random.js";
import { clock } from "../train/clock.js";
import { BATCH, GRID, SIDE } from "../train/digits.js";
import { FAMILIES, UNPAINTED, button, choice, colours, family, h, key, onTheme, painted, status } from "../ui.js";

const NAMES = ["ae", "vae"];
const SIZE = 480; // device pixels of a plane
const DOT = 5;
const READ = 500; // milliseconds
const BETAS = ["0", "0.25", "1", "4", "16"];
const SPEEDS = { 2: "2 steps a second", 20: "20 a second", Infinity: "as fast as it goes" };

/** What a link says: beta and the seed; what it does not say, or says wrongly, is as it is without one. */
export function readBack(text) {
  const [, beta, seed] = /^b([\d.]+)_n(\d{1,9})$/.exec(text ?? "") ?? [];
  return BETAS.includes(beta) ? { beta: Number(beta), seed: Number(seed), rate: 1 } : { beta: 1, seed: 1, rate: 1 };
}

const paint = (canvas, bytes) => canvas.getContext("2d").putImageData(painted(bytes, canvas.width, canvas.height), 0, 0);

export function mount({ root, data, state, signal }) {
  const { pixels, labels, levels, held } = data["playground/small_digits"];
  const count = Number(held.data[0]);
  const read = labels.data.subarray(labels.data.length - count); // of the digits that are shown
  const some = Array.from({ length: 10 }, (_, digit) => read.indexOf(digit)).filter((at) => at >= 0);
  const digits = { pixels, levels: Number(levels.data[0]), held: count };
  const settings = readBack(state.read());
  const learnt = (labels.data.length - count).toLocaleString("en-GB");
  const told = status();
  let listened = -READ; // when words were last asked for

  const sheet = (across, down) => h("canvas", { width: across * SIDE, height: down * SIDE, class: "sheet", role: "img", "aria-label": UNPAINTED });
  const panels = NAMES.map((name) => {
    const plane = h("canvas", { width: SIZE, height: SIZE, class: "plot", role: "img", "aria-label": UNPAINTED });
    return { name, plane, given: sheet(some.length, 1), rebuilt: sheet(some.length, 1), grid: sheet(GRID, GRID), says: h("p", { class: "note" }) };
  });

  const ticking = clock({
    view: "learn",
    signal,
    told,
    slice: 40,
    rest: 4000,
    speeds: Object.entries(SPEEDS),
    speed: "Infinity",
    message() {
      const losses = !ticking.playing || performance.now() - listened > READ; // they take longer than a picture
      if (losses) listened = performance.now();
      return { settings: { ...settings }, digits, wants: { some, losses } };
    },
    drawn: () => panels.forEach(show),
    begun() {
      listened = -READ;
      save();
    },
    counted: (steps) => `${(steps * BATCH).toLocaleString("en-GB")} images seen`,
    words: () => panels.map(({ name, says }) => `${FAMILIES[name]}: ${says.textContent}`).join(" "),
  });

  function save() {
    state.write(`b${settings.beta}_n${settings.seed}`);
  }

  function show({ name, plane, given, rebuilt, grid, says }) {
    const { look, steps } = ticking;
    if (!look) return;
    const { codes, reach, losses, ...pictures } = look[name];
    paintPlane(plane.getContext("2d"), codes, reach);
    paint(given, look.given);
    paint(rebuilt, pictures.rebuilt);
    paint(grid, pictures.grid);
    if (!losses) return; // words change less often than pictures, so that they can be read
    says.textContent = wordsOf(losses, name, settings.beta);
    const after = `${FAMILIES[name]} after ${(steps * BATCH).toLocaleString("en-GB")} images`;
    plane.setAttribute("aria-label", `${after}: ${count} codes in the plane, to ±${reach}; ${says.textContent}`);
    given.setAttribute("aria-label", `Digits that are not learnt from`);
    rebuilt.setAttribute("aria-label", `${after}: the same digits rebuilt`);
    grid.setAttribute("aria-label", `${after}: what is decoded at ${GRID} by ${GRID} places of the plane`);
  }

  /** Codes in the colours of their digits over the discs of one, two and three deviations of N(0, I). */
  function paintPlane(context, [xs, ys], reach) {
    const palette = colours();
    const scale = SIZE / (2 * reach);
    Object.assign(context, { globalAlpha: 1, fillStyle: palette.tile, strokeStyle: palette.muted, lineWidth: 2 });
    context.fillRect(0, 0, SIZE, SIZE);
    for (const radius of [1, 2, 3]) {
      context.beginPath();
      context.arc(SIZE / 2, SIZE / 2, radius * scale, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 0.85;
    for (let i = 0; i < xs.length; i++) {
      context.fillStyle = palette.digits[read[i]];
      context.fillRect(SIZE / 2 + xs[i] * scale - DOT / 2, SIZE / 2 - ys[i] * scale - DOT / 2, DOT, DOT);
    }
  }

  const beta = choice("β of the VAE", BETAS.map((value) => [value, value]), String(settings.beta), (value) => {
    settings.beta = Number(value);
    save();
    ticking.changed();
  });
  const seed = button("Another start", () => {
    settings.seed = anySeed() % 1e9;
    ticking.restart();
    told.say("Another start: other weights, other draws.");
  });

  root.append(
    ticking.controls,
    h("div", { class: "controls" }, beta.element, seed, ticking.speed),
    ticking.fault,
    h("div", { class: "pair planes" }, panels.map(({ name, plane, given, rebuilt, grid, says }) => h("div", { class: "panel" }, family(name), says, plane, given, rebuilt, grid))),
    key(`Dots: codes of ${count} digits that are not learnt from. `),
    h("p", { class: "note" }, "Circles: one, two and three standard deviations of N(0, I). Below each plane: ten of those digits, and rebuilt under ",
      `them; then what is decoded at ${GRID} × ${GRID} places of the plane. Both are small siblings of this site's models: ${SIDE} × ${SIDE} pixels, `,
      `${learnt} digits to learn from, MLPs.`),
    ticking.where,
    told.element,
  );
  onTheme(ticking.draw, signal);
  ticking.watch(root);
}

const nats = (value) => (value < 9.95 ? value.toFixed(value < 0.0995 ? 3 : 1) : Math.round(value));

function wordsOf({ reconstruction, divergence }, name, beta) {
  const rebuilt = `reconstruction ${nats(reconstruction)} nats`;
  return name === "ae" ? rebuilt : `${rebuilt} + ${beta === 1 ? "" : `${beta} × `}KL ${nats(divergence)} nats`;
}
