// One moment of training in all families: planes of the 2-D models, samples of the 16-D ones.

import { Plot, reach } from "../plot.js";
import { FAMILIES, UNPAINTED, button, family, h, onFrame, onTheme, painted, slider, status } from "../ui.js";

const SIDE = 28;
const EDGE = 4; // samples, each way
const PRIOR = [-3.3, 3.3];

export const needs = { results: ["vae/latent_evolution", "compare/training_progress", "playground/gan_training"] };

export function mount({ root, data, state, signal }) {
  const all = needs.results.map((name) => data[name]);
  const [evolution, progress, gan] = all;
  const [times, sampled, read] = all.map((each) => Array.from(each.images_seen.data, Number));
  const last = times.length - 1;
  const told = status();
  let playing;

  const panels = Object.keys(FAMILIES).map((name) => {
    const codes = evolution[`${name}_codes`]; // none for the GAN, whose labels change
    const [x, y] = name === "ae" ? [0, 1].map((axis) => reach(part(codes, last), axis)) : [PRIOR, PRIOR];
    const plot = new Plot({ x, y, signal });
    const edge = EDGE * SIDE;
    const sheet = h("canvas", { width: edge, height: edge, class: "sheet", role: "img", "aria-label": UNPAINTED });
    return { name, codes, planes: codes ? times : read, plot, sheet, own: h("span", { class: "note" }) };
  });

  /** Paint the moments nearest to so many images. */
  function show({ name, codes, planes, plot, sheet, own }, images) {
    const [plane, samples] = [nearest(planes, images), nearest(sampled, images)];
    plot.dots = codes
      ? { codes: part(codes, plane), labels: evolution.labels.data }
      : { codes: gan.latents.data, labels: part(gan.labels, plane) };
    plot.settle();
    const pixels = part(progress[name], samples);
    for (let i = 0; i < EDGE * EDGE; i++) {
      const picture = painted(pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
      sheet.getContext("2d").putImageData(picture, (i % EDGE) * SIDE, Math.floor(i / EDGE) * SIDE);
    }
    const texts = [`plane after ${words(planes[plane])}`, `samples after ${words(sampled[samples])}`];
    [plot.canvas, sheet].forEach((canvas, i) => canvas.setAttribute("aria-label", `${FAMILIES[name]}, ${texts[i]}`));
    own.textContent = planes[plane] === images && sampled[samples] === images ? "" : texts.join(", ");
  }

  const draw = onFrame(() => {
    const images = times[time.value];
    for (const panel of panels) show(panel, images);
    if (playing) return; // too quick to be read out
    told.say(`All three after ${words(images)}.`);
    state.write(images);
  }, signal);

  const value = nearest(times, Number(state.read()) || times[last >> 1]);
  const say = (moment) => words(times[moment]);
  const time = slider({ label: "Trained on", min: 0, max: last, step: 1, value, say, change: () => step(0) });

  function go(moment, still) {
    if (still || moment >= last) playing = void clearInterval(playing);
    play.textContent = playing ? "Stop" : "Play";
    time.set(moment);
    draw();
  }

  const step = (by) => go(time.value + by, true);
  const play = button("Play", () => {
    if (playing) return step(0);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    playing = setInterval(() => go(time.value + 1), calm ? 1200 : 125);
    go(0);
  });
  signal.addEventListener("abort", () => clearInterval(playing));

  root.append(
    time.element,
    h("div", { class: "controls" }, button("Back", () => step(-1)), play, button("Forward", () => step(1))),
    h("div", { class: "panels" }, panels.map(({ name, plot, sheet, own }) => h("div", { class: "panel" }, family(name), plot.canvas, sheet, own))),
    h("p", { class: "note" }, "Planes of the 2-D models; samples of the 16-D ones, always from the same latents of N(0, I)."),
    told.element,
  );
  draw();
  onTheme(draw, signal);
}

const words = (images) => `${images.toLocaleString("en-GB")} images`;

/** The i-th of a list of arrays. */
const part = ({ shape: [count], data }, i) => data.subarray((i * data.length) / count, ((i + 1) * data.length) / count);

const nearest = (times, images) =>
  times.reduce((best, time, i) => (Math.abs(time - images) < Math.abs(times[best] - images) ? i : best), 0);
