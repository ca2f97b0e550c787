// One moment of training in all families: planes of the 2-D models, samples and losses of the 16-D ones.

import { Chart } from "../chart.js";
import { Plot, reach } from "../plot.js";
import { FAMILIES, button, family, h, key, nearest, onFrame, onTheme, part, sheet, slider, status } from "../ui.js";

const MOMENTS = ["vae/latent_evolution", "compare/training_progress", "playground/gan_training"];
const EDGE = 4; // samples, each way
const PRIOR = [-3.3, 3.3];

// What each family is trained to lower: its name, the file, the arrays of the line and of its moments, and decimal places.
const LOSSES = {
  ae: ["loss", "autoencoder/loss_curves", "train_16d", "images_16d", 1],
  vae: ["bound", "vae/loss_curves", "bound", "images", 1],
  gan: ["loss", "gan/loss_curves", "generator", "images", 3],
};
const SETTLED = 0.1; // of training; what the loss was before would make all that follows flat

export function mount({ root, data, state, signal }) {
  const all = MOMENTS.map((name) => data[name]);
  const [evolution, progress, gan] = all;
  const [times, sampled, read] = all.map((each) => Array.from(each.images_seen.data, Number));
  const last = times.length - 1;
  const told = status();
  let playing;

  const panels = Object.keys(FAMILIES).map((name) => {
    const codes = evolution[`${name}_codes`]; // none for the GAN, whose labels change
    const [x, y] = name === "ae" ? [0, 1].map((axis) => reach(part(codes, last), axis)) : [PRIOR, PRIOR];
    const plot = new Plot({ x, y, signal });
    const [loss, file, line, moments, places] = LOSSES[name];
    const [values, when] = [line, moments].map((array) => [...data[file][array].data]);
    const later = values.filter((_, i) => when[i] > SETTLED * when.at(-1));
    const curve = { loss, places, values, when, range: [Math.min(...values), Math.max(...later)], chart: new Chart() };
    const notes = [h("span", { class: "note" }), h("span", { class: "note" })];
    return { name, codes, planes: codes ? times : read, plot, samples: sheet(EDGE, EDGE), curve, notes };
  });

  /** Paint the moments nearest to so many images. */
  function show({ name, codes, planes, plot, samples, curve, notes }, images) {
    const [plane, sample] = [nearest(planes, images), nearest(sampled, images)];
    plot.dots = codes
      ? { codes: part(codes, plane), labels: evolution.labels.data }
      : { codes: gan.latents.data, labels: part(gan.labels, plane) };
    plot.settle();
    samples.show(part(progress[name], sample));
    const texts = [`plane after ${words(planes[plane])}`, `samples after ${words(sampled[sample])}`];
    plot.canvas.setAttribute("aria-label", `${FAMILIES[name]}, ${texts[0]}`);
    samples.name(`${FAMILIES[name]}, ${texts[1]}`);
    notes[1].textContent = planes[plane] === images && sampled[sample] === images ? "" : texts.join(", ");

    const { loss, places, values, when, range, chart } = curve;
    const at = nearest(when, images);
    notes[0].textContent = `${loss} ${values[at].toFixed(places)}`;
    const points = values.map((value, i) => [when[i], value]);
    const said = `${FAMILIES[name]}, ${loss} through training: ${notes[0].textContent} nats after ${words(images)}`;
    chart.show({ lines: [{ points, colour: name }], mark: points[at], upright: when[at], range, name: said });
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
    h("div", { class: "panels" }, panels.map(({ name, plot, samples, curve, notes }) =>
      h("div", { class: "panel" }, family(name), plot.canvas, samples.element, curve.chart.canvas, notes))),
    key("Colours: digits; in the GAN's plane, what the classifier reads. "),
    h("p", { class: "note" }, "Planes of the 2-D models; samples of the 16-D ones, always from the same latents of N(0, I), and ",
      "their losses in nats as they trained; the GAN's is its generator's."),
    told.element,
  );
  draw();
  onTheme(draw, signal);
}

const words = (images) => `${images.toLocaleString("en-GB")} images`;
