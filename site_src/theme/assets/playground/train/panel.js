// One of the three on its canvases: the plane with the data and the decoder's curve, and below it the line of latents
// with the bell of N(0, 1).

import { FAMILIES, UNPAINTED, channels, colours, family, h } from "../ui.js";
import { trace } from "./line.js";

export const REACH = 1.8; // of the plane, each way
export const HEAT = 32; // places of D's picture, each way
const SIZE = 480; // device pixels
const LOW = 130; // the line's
const END = 4; // of the line that is drawn
const BINS = 64;
const INTERVALS = 24;
const READ = 400; // milliseconds

const isDark = () => channels(colours().paper)[0] < 128;

/** The colour of a latent, from -3 to 3: from blue over violet to orange, lighter on the way. */
function hue(value) {
  const share = Math.min(1, Math.max(0, (value + 3) / 6));
  return `hsl(${235 + 160 * share} ${60 + 20 * share}% ${(isDark() ? 58 : 36) + 14 * share}%)`;
}

const pixel = (x, y) => [((x + REACH) / (2 * REACH)) * SIZE, ((REACH - y) / (2 * REACH)) * SIZE];
const across = (value) => ((value + END) / (2 * END)) * SIZE;
const upwards = (value) => ((END - value) / (2 * END)) * SIZE;
const bell = (value) => Math.exp((-value * value) / 2) / Math.sqrt(2 * Math.PI);

const dots = (context, [xs, ys], size, place = pixel) => {
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = place(xs[i], ys[i]);
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
};

const line = (context, ...points) => {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
};

const disc = (context, [x, y], radius) => {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
};

export class Panel {
  constructor(name) {
    this.name = name;
    const canvas = (height) => h("canvas", { width: SIZE, height, class: "plot", role: "img", "aria-label": UNPAINTED });
    [this.plane, this.below] = [canvas(SIZE), canvas(LOW)];
    this.below.classList.add("below");
    this.says = h("p", { class: "note" });
    this.heat = new OffscreenCanvas(HEAT, HEAT);
    this.element = h("div", { class: "panel" }, family(name), this.plane, this.below, this.says);
  }

  /** Paint what a trainer saw; before it has, the data alone. */
  paint(look, { shown, settings, shows, cursor, steps, playing }) {
    this.paintPlane(this.plane.getContext("2d"), look, shown, settings, shows, cursor);
    const height = settings.latent === 2 ? SIZE : LOW;
    if (this.below.height !== height) this.below.height = height;
    const context = this.below.getContext("2d");
    if (settings.latent === 2) this.paintCodes(context, look);
    else this.paintLine(context, look, shows);
    if (steps === 0 || !playing || performance.now() - this.told > READ) this.tell(look, shown, settings, cursor, steps);
  }

  /** Words change less often than pictures, so that they can be read. */
  tell(look, shown, settings, cursor, steps) {
    this.told = performance.now();
    const words = look ? this.words(look, settings, cursor) : "";
    const what = settings.latent === 2 ? "net" : "curve";
    const after = `${FAMILIES[this.name]} after ${steps.toLocaleString("en-GB")} steps`;
    this.says.textContent = words;
    this.plane.setAttribute("aria-label", `${after}: ${shown[0].length} points and the decoder's ${what}; ${words}`);
    this.below.setAttribute("aria-label", `${after}: ${this.name === "gan" ? "the bell of latents" : "codes and the bell of N(0, 1)"}`);
  }

  paintPlane(context, look, shown, { latent }, shows, cursor) {
    const palette = colours();
    Object.assign(context, { globalAlpha: 1, fillStyle: palette.tile, lineCap: "round", lineJoin: "round" });
    context.fillRect(0, 0, SIZE, SIZE);
    if (look?.heat) this.paintHeat(context, look.heat);
    context.drawImage(this.scattered(shown), 0, 0);
    if (!look) return this.paintCursor(context, cursor);
    if (look.remade) {
      Object.assign(context, { globalAlpha: 0.5, strokeStyle: palette[this.name], lineWidth: 1.5 });
      for (let i = 0; i < shown[0].length; i++)
        line(context, pixel(shown[0][i], shown[1][i]), pixel(look.remade[0][i], look.remade[1][i]));
    }
    context.globalAlpha = 1;
    this.paintCurve(context, look.curve, latent);
    if (look.samples) {
      Object.assign(context, { globalAlpha: 0.8, fillStyle: palette.ink });
      dots(context, look.samples, 3);
      context.globalAlpha = 1;
    }
    if (look.pull && cursor) this.paintPull(context, look.pull, cursor);
    this.paintCursor(context, cursor, shows.pull);
  }

  /** The data, painted once for a set and a theme. */
  scattered(shown) {
    const { muted } = colours();
    if (this.points === shown && this.hue === muted) return this.layer;
    Object.assign(this, { points: shown, hue: muted, layer: this.layer ?? new OffscreenCanvas(SIZE, SIZE) });
    const context = this.layer.getContext("2d");
    context.clearRect(0, 0, SIZE, SIZE);
    Object.assign(context, { globalAlpha: 0.55, fillStyle: muted });
    dots(context, shown, Math.min(10, Math.max(3.5, 70 / Math.sqrt(shown[0].length)))); // few are large
    return this.layer;
  }

  /** In the GAN's colour where the discriminator holds a point for real, grey where for generated. */
  paintHeat(context, verdicts) {
    const picture = new ImageData(HEAT, HEAT);
    const [tile, real, made] = [colours().tile, colours().gan, colours().muted].map(channels);
    for (let i = 0; i < verdicts.length; i++) {
      const share = 0.6 * Math.abs(Math.tanh(verdicts[i]));
      const tint = verdicts[i] > 0 ? real : made;
      for (let c = 0; c < 3; c++) picture.data[4 * i + c] = tile[c] + share * (tint[c] - tile[c]);
      picture.data[4 * i + 3] = 255;
    }
    this.heat.getContext("2d").putImageData(picture, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.heat, 0, 0, SIZE, SIZE);
  }

  paintCurve(context, [xs, ys], latent) {
    const { rows, run } = trace(latent);
    context.lineWidth = latent === 2 ? 1.5 : 7;
    const stride = latent === 2 ? 4 : 5; // places of one colour
    for (let start = 0; start < xs.length; start += run)
      for (let i = start; i + 1 < start + run; i += stride) {
        const end = Math.min(i + stride, start + run - 1);
        context.strokeStyle = hue(rows[0][i]);
        context.beginPath();
        for (let at = i; at <= end; at++) context.lineTo(...pixel(xs[at], ys[at]));
        context.stroke();
      }
  }

  /** An arrow from each place where the point is rebuilt; the GAN's goes from the point itself. */
  paintPull(context, pull, cursor) {
    const { ink, paper } = colours();
    const ends =
      this.name === "gan"
        ? [[cursor, cursor.map((value, axis) => value + reachOf(pull) * pull[axis])]]
        : Array.from(pull[0], (x, i) => [[x, pull[1][i]], cursor]);
    for (const [from, to] of ends) {
      const [start, end] = [pixel(...from), pixel(...to)];
      for (const [colour, width] of [[paper, 7], [ink, 3]]) {
        Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: width });
        arrow(context, start, end);
      }
      disc(context, start, 4);
    }
  }

  paintCursor(context, cursor, held) {
    if (!cursor) return;
    const { ink, paper } = colours();
    const [x, y] = pixel(...cursor);
    for (const [colour, width] of [[paper, 7], [ink, 3]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: 1 });
      context.beginPath();
      context.arc(x, y, 9, 0, 2 * Math.PI);
      if (!held) {
        context.moveTo(x - 14, y);
        context.lineTo(x + 14, y);
        context.moveTo(x, y - 14);
        context.lineTo(x, y + 14);
      }
      context.stroke();
    }
  }

  /** The codes as a histogram against the bell; the colours are those of the curve. */
  paintLine(context, look, shows) {
    const palette = colours();
    const [foot, high] = [LOW - 16, LOW - 26];
    const heightOf = (density) => foot - Math.min(1, density / 0.8) * high;
    Object.assign(context, { globalAlpha: 1, fillStyle: palette.tile, lineCap: "butt" });
    context.fillRect(0, 0, SIZE, LOW);
    if (look?.codes) {
      const width = (2 * END) / BINS;
      Object.assign(context, { fillStyle: palette[this.name], globalAlpha: 0.75 });
      drawn(look).forEach((share, bin) => {
        const top = heightOf(share / width);
        context.fillRect((bin * SIZE) / BINS + 0.5, top, SIZE / BINS - 1, foot - top);
      });
      context.globalAlpha = 1;
      if (shows.intervals && look.spreads.length) this.paintIntervals(context, look, foot);
    }
    Object.assign(context, { strokeStyle: palette.ink, lineWidth: 2.5 });
    line(context, ...Array.from({ length: 81 }, (_, i) => (i / 40 - 1) * END).map((value) => [across(value), heightOf(bell(value))]));
    const ramp = context.createLinearGradient(across(-3), 0, across(3), 0);
    for (let value = -3; value <= 3; value++) ramp.addColorStop((value + 3) / 6, hue(value));
    context.fillStyle = ramp;
    context.fillRect(across(-3), foot + 2, across(3) - across(-3), 8);
    context.fillStyle = palette.muted;
    for (let value = -3; value <= 3; value++) context.fillRect(across(value) - 1, foot + 10, 2, value ? 3 : 6);
  }

  /** A few posteriors, one above the other: a deviation either way. */
  paintIntervals(context, { codes: [means], spreads: [deviations] }, foot) {
    const count = Math.min(INTERVALS, means.length);
    Object.assign(context, { strokeStyle: colours().ink, lineWidth: 2 });
    for (let i = 0; i < count; i++) {
      const y = foot - 6 - (i * (foot - 12)) / INTERVALS;
      line(context, [across(means[i] - deviations[i]), y], [across(means[i] + deviations[i]) + 1, y]);
    }
  }

  /** Codes of two numbers over the plane, with one, two and three deviations of N(0, I). */
  paintCodes(context, look) {
    const palette = colours();
    Object.assign(context, { globalAlpha: 1, fillStyle: palette.tile });
    context.fillRect(0, 0, SIZE, SIZE);
    Object.assign(context, { strokeStyle: palette.muted, lineWidth: 2 });
    for (const radius of [1, 2, 3]) {
      context.beginPath();
      context.arc(SIZE / 2, SIZE / 2, (radius * SIZE) / (2 * END), 0, 2 * Math.PI);
      context.stroke();
    }
    context.fillStyle = palette[this.name];
    if (look?.codes) dots(context, look.codes, 4, (x, y) => [across(x), upwards(y)]);
  }

  /** What is to be read in numbers. */
  words(look, { sigma }, cursor) {
    const parts = this.name === "gan" ? generatorsWords(look) : autoencodersWords(look, this.name === "vae");
    if (look.pull && cursor) parts.push(`pull ${read(this.name === "gan" ? Math.hypot(...look.pull) : miss(look.pull, cursor) / sigma ** 2)}`);
    return parts.join(", ");
  }
}

const read = (value) => (value < 9.95 ? value.toFixed(value < 0.0995 ? 3 : 2) : Math.round(value).toLocaleString("en-GB"));

const generatorsWords = ({ real, fake }) => (Number.isFinite(real) ? [`D of data ${read(real)}, of samples ${read(fake)}`] : []);

function autoencodersWords({ distance, divergence, codes }, variational) {
  const parts = Number.isFinite(distance) ? [`squared distance ${read(distance)}`] : [];
  if (parts.length && variational) parts.push(`KL ${read(divergence)} nats`);
  const count = codes[0].length;
  const outside = codes[0].filter((_, i) => codes.some((row) => Math.abs(row[i]) > 3)).length;
  if (outside > 0.02 * count) parts.push(`${Math.round((100 * outside) / count)}% of codes beyond ±3`);
  return parts;
}

/** How far a point is from where it is rebuilt, by its mean code. */
function miss([xs, ys], [x, y]) {
  const middle = xs.length >> 1;
  return Math.hypot(xs[middle] - x, ys[middle] - y);
}

/** The share of what is encoded in each bin; a posterior is spread over those that it covers. */
function drawn({ codes: [means], spreads: [deviations] }) {
  const shares = new Float32Array(BINS);
  for (let i = 0; i < means.length; i++)
    for (const [times, weight] of deviations ? SPREAD : POINT) {
      const bin = Math.floor(((means[i] + (deviations ? times * deviations[i] : 0) + END) / (2 * END)) * BINS);
      if (bin >= 0 && bin < BINS) shares[bin] += weight / means.length;
    }
  return shares;
}

const POINT = [[0, 1]];
const SPREAD = Array.from({ length: 51 }, (_, i) => i / 10 - 2.5).map((times) => [times, bell(times) / 10]);

/** Slopes differ by orders of magnitude: an arrow is as long as a slope, but never longer than this. */
const reachOf = (slope) => Math.min(1, 0.7 / (Math.hypot(...slope) || 1));

function arrow(context, [fromX, fromY], [toX, toY]) {
  const [length, angle] = [Math.hypot(toX - fromX, toY - fromY), Math.atan2(toY - fromY, toX - fromX)];
  line(context, [fromX, fromY], [toX, toY]);
  if (length < 4) return;
  const head = Math.min(14, length / 2);
  const wing = (turn) => [toX - head * Math.cos(angle + turn), toY - head * Math.sin(angle + turn)];
  line(context, wing(0.5), [toX, toY], wing(-0.5));
}
