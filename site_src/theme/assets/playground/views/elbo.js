// How much of an image's log-likelihood the ELBO reaches: the image drawn or picked, the two terms, and importance-
// weighted bounds that close in on log p(x) from below.

import { bounds, cloud, counting, divergence, odds, reconstruction, reparameterised } from "../bound.js";
import { Chart } from "../chart.js";
import { after, keep, meant, pack } from "../drawing.js";
import { pad } from "../pad.js";
import { gaussian, uniform } from "../random.js";
import { breather } from "../search.js";
import { button, digit, h, onTheme, status } from "../ui.js";

const SEED = 2; // so that a link shows the same numbers
const MOST = 512; // samples, a power of two

const nats = (value) => value.toFixed(1).replace("-", "−");

export function mount({ root, networks: { vae_2d_encoder: encoder, vae_2d: decoder }, data, state, signal }) {
  const digits = data["playground/digits"];
  const told = status();
  const [image, rebuilt] = [digit(), digit()];
  const chart = new Chart({ x: { name: "samples K, by factors", say: String }, y: { name: "bound on log p(x), nats", say: nats } });
  let is; // the image
  let shown = null; // what the chart has

  const paper = pad({
    changed() {}, // the sums, which take longer, wait for the stroke's end
    saved() {
      const pixels = paper.pixels();
      if (!paper.empty) keep(pixels);
      measure(meant(`d${pack(pixels)}`, digits));
    },
    said: (words) => told.say(words),
  });

  const row = (name) => ({ name, cell: h("td") });
  const rows = ["Reconstruction", "KL", "ELBO, their sum, negative", "Bound of 512 samples", "Gap: the ELBO misses"].map(row);
  const tell = (values) => rows.forEach(({ cell }, i) => (cell.textContent = values[i] === undefined ? "…" : nats(values[i])));

  function paint() {
    if (!shown) return;
    const points = shown.map((bound, i) => [2 ** i, bound]);
    const flat = [points[0], points.at(-1)].map(([k]) => [k, shown[0]]);
    const name = `Bound on log p(x) from ${nats(shown[0])} nats with one sample to ${nats(shown.at(-1))} with ${2 ** (shown.length - 1)}`;
    chart.show({ lines: [{ points: flat, colour: "muted" }, { points, colour: "vae", dots: true }], log: true, name });
  }

  /** Draw codes from the encoder's Gaussian and weigh them, in pieces; another image ends it. */
  async function measure(wanted) {
    is = wanted;
    state.write(is.text);
    const gauss = cloud(encoder.run(is.pixels));
    const kl = divergence(gauss);
    image.show(is.pixels);
    image.name(`What the encoder sees: ${is.name}`);
    rebuilt.show(decoder.run(gauss.mean));
    rebuilt.name("Rebuilt from the mean of its cloud");
    const next = gaussian(uniform(SEED));
    const pause = breather(() => signal.aborted || is !== wanted);
    const weights = [];
    let sum = 0;
    tell([undefined, kl]);
    while (weights.length < MOST) {
      const epsilon = [next(), next()];
      const z = reparameterised(gauss, epsilon);
      const loss = reconstruction(is.pixels, decoder.run(z));
      sum += loss;
      weights.push(odds(gauss, epsilon, z) - loss);
      if (Number.isInteger(Math.log2(weights.length))) {
        shown = bounds(weights);
        paint();
      }
      await pause();
    }
    const [elbo, best] = [-sum / MOST - kl, shown.at(-1)];
    tell([sum / MOST, kl, elbo, best, best - elbo]);
    told.say(`ELBO ${nats(elbo)} nats, at least ${nats(best - elbo)} below log p(x). Of ${MOST} samples, ${counting(weights).toFixed(0)} count.`);
  }

  function show(text) {
    const wanted = meant(text, digits);
    paper.show(wanted.pixels.some(Boolean) ? wanted.pixels : null, wanted.index === undefined);
    measure(wanted);
  }

  const clear = button("Clear", () => show(`d${pack(new Float32Array(784))}`));
  root.append(
    h("div", { class: "panels wide" },
      h("div", { class: "panel" }, paper.element,
        h("div", { class: "controls" }, paper.undo, clear, button("Next test digit", () => show(after(is, digits)))),
        h("div", { class: "pair" }, image.element, rebuilt.element),
        h("span", { class: "note" }, "What the encoder sees, and what is rebuilt of it.")),
      h("div", { class: "panel" },
        h("table", { class: "nats" },
          h("thead", {}, h("tr", {}, h("td", {}, "of the 2-D VAE"), h("th", { scope: "col" }, "nats"))),
          h("tbody", {}, rows.map(({ name, cell }) => h("tr", {}, h("th", { scope: "row" }, name), cell)))),
        chart.element)),
    told.element,
    h("p", { class: "note" }, "The line is the ELBO. With more samples the bound rises towards log p(x), and passes it only by chance. Few that count mean that it has some way to go."),
  );
  const saved = state.read() ?? "";
  show(meant(saved, digits) ? saved : after({}, digits));
  onTheme(() => {
    paper.paint();
    image.again();
    rebuilt.again();
    paint();
  }, signal);
}
