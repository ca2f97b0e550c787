// One of the VAEs of the sweep over beta: its codes and the prior's disc, what it rebuilds and what it makes up, and where
// it stands between rate and distortion.

import { Chart } from "../chart.js";
import { Plot } from "../plot.js";
import { family, h, nearest, onFrame, onTheme, part, sheet, slider, status } from "../ui.js";

const NAME = "vae/beta_sweep";
const SHOWN = 10; // digits in a row
const DISC = 2; // deviations of the prior, as in the figure
const PRIOR = 3.3;
const MARGIN = 1.06;
const LEAST = 0.01; // nats, where a logarithm needs some

export function mount({ root, data, state, signal }) {
  const sweep = data[NAME];
  const [betas, kls, distortions, ratios] = ["beta", "kl", "distortion", "fcd_ratio"].map((name) => [...sweep[name].data]);
  const told = status();
  const plot = new Plot({ x: [-1, 1], y: [-1, 1] });
  Object.assign(plot, { centre: [0, 0], ellipse: [DISC, DISC] });
  const nats = (value) => value.toFixed(value < 10 ? 1 : 0);
  const chart = new Chart({ x: { name: "rate: KL, by factors", say: nats }, y: { name: "distortion: reconstruction, nats", say: nats } });
  const [originals, rebuilt, samples] = [0, 1, 2].map(() => sheet(SHOWN, 1));
  const points = kls.map((kl, i) => [Math.max(LEAST, kl), distortions[i]]);

  const draw = onFrame(() => {
    const at = beta.value;
    const [value, kl, distortion] = [betas[at], kls[at], distortions[at]];
    const codes = part(sweep.codes, at);
    const far = MARGIN * Math.max(PRIOR, quantile(codes.map(Math.abs), 0.995));
    Object.assign(plot, { x: [-far, far], y: [-far, far], dots: { codes, labels: sweep.labels.data } });
    plot.settle();
    plot.canvas.setAttribute("aria-label", `Codes of test images with β = ${value}, and the disc of the prior; the picture spans ${(2 * far).toFixed(0)}`);
    const words = `β = ${value}: KL ${kl.toFixed(1)}, reconstruction ${distortion.toFixed(1)} nats`;
    chart.show({ lines: [{ points, colour: "vae", dots: true }], mark: points[at], log: true, name: `Distortion against rate; ${words}` });
    originals.show(sweep.originals.data);
    rebuilt.show(part(sweep.rebuilt, at));
    samples.show(part(sweep.samples, at));
    originals.name("Test images");
    rebuilt.name(`What the VAE with β = ${value} rebuilds of them`);
    samples.name(`Its samples from the prior`);
    told.say(`${words}, together ${(kl + distortion).toFixed(1)}. Samples stand at a Fréchet ratio of ${ratios[at].toFixed(0)}.`);
    state.write(value);
  }, signal);

  const saved = state.read();
  const first = nearest(betas, saved === null || !Number.isFinite(Number(saved)) ? 1 : Number(saved));
  const beta = slider({ label: "Weight β", min: 0, max: betas.length - 1, step: 1, value: first, change: draw, say: (at) => `${betas[at]}` });
  const row = (title, { element }) => h("div", { class: "row" }, h("span", { class: "note" }, title), element);
  root.append(
    h("div", { class: "stays" }, beta.element),
    h("div", { class: "panels wide" },
      h("div", { class: "panel" }, family("vae"), plot.canvas),
      h("div", { class: "panel" }, row("test images", originals), row("rebuilt", rebuilt), row("samples from N(0, I)", samples), chart.element)),
    told.element,
    h("p", { class: "note" }, "The ring is two standard deviations of N(0, I); the picture grows with the codes."),
  );
  draw();
  onTheme(draw, signal);
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
