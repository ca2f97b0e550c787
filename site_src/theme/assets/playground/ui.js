// The few pieces every view is made of: elements, controls with names, digits, a live region, colours of the theme.

const SIDE = 28;

/** An element; attributes that are functions are listeners, null ones are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "style") element.style.cssText = value; // the site's policy forbids the attribute
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

export const button = (text, click) => h("button", { type: "button", class: "control", click }, text);

/** A button that stays down. */
export function toggle(text, pressed, change) {
  const element = button(text, () => set(element.getAttribute("aria-pressed") !== "true"));
  const set = (value) => {
    element.setAttribute("aria-pressed", value);
    change(value);
  };
  element.setAttribute("aria-pressed", pressed);
  return element;
}

/** One of several options; `options` are [value, text]. */
export function choice(label, options, value, change) {
  const list = h(
    "select",
    { change: () => change(list.value) },
    options.map(([name, text]) => h("option", { value: name }, text)),
  );
  list.value = value;
  const element = h("label", { class: "choice" }, h("span", {}, label), list);
  return { element, get value() { return list.value; }, set value(name) { list.value = name; } };
}

let count = 0;

/** A slider with its name and its value in words; `say` turns the number into them. */
export function slider({ label, min, max, step, value, change, say = (number) => number.toFixed(1) }) {
  const id = `slider-${count++}`;
  const output = h("output", { for: id });
  const input = h("input", { type: "range", id, min, max, step, value, input: () => (tell(), change(Number(input.value))) });
  const tell = () => {
    const words = say(Number(input.value)).replace("-", "−");
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
  };
  tell();
  const element = h("div", { class: "slider" }, h("label", { for: id }, label), input, output);
  const set = (number) => ((input.value = number), tell());
  return { element, input, set, get value() { return Number(input.value); } };
}

/** What a canvas is called until something is painted on it. */
export const UNPAINTED = "Nothing yet";

/** A digit that is painted again and again: `show(pixels)` with 784 intensities in [0, 1]. */
export function digit(label = UNPAINTED, className = "") {
  const element = h("canvas", { width: SIDE, height: SIDE, class: `digit ${className}`, role: "img", "aria-label": label });
  const context = element.getContext("2d");
  let last = null;
  const show = (pixels) => {
    last = pixels;
    context.putImageData(painted(pixels), 0, 0);
  };
  return { element, show, again: () => last && show(last), name: (text) => element.setAttribute("aria-label", text) };
}

/** Intensities as a picture in the theme's ink on its tile, a digit's by default; bytes up to 255 do as well. */
export function painted(pixels, width = SIDE, height = SIDE) {
  const image = new ImageData(width, height);
  paint(image, pixels, width, 0, 0);
  return image;
}

/** The same into part of a picture, from a column and a row on. */
function paint(image, pixels, width, column, row) {
  const levels = pixels instanceof Uint8Array ? 1 : 255;
  const words = new Uint32Array(image.data.buffer);
  const { shades } = colours();
  const rows = Math.min(pixels.length / width, image.height - row);
  for (let y = 0, from = 0; y < rows; y++) {
    const to = (row + y) * image.width + column;
    for (let x = 0; x < width; x++) words[to + x] = shades[Math.round(levels * pixels[from++])];
  }
}

/** Several digits on one canvas, `across` in a row: `show(pixels)` with 784 intensities of each. */
export function sheet(across, down) {
  const size = { width: across * SIDE, height: down * SIDE };
  const element = h("canvas", { ...size, class: "sheet", role: "img", "aria-label": UNPAINTED });
  const show = (pixels) => {
    const image = new ImageData(size.width, size.height);
    for (let i = 0; i < across * down; i++) {
      const digit = pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
      paint(image, digit, SIDE, (i % across) * SIDE, Math.floor(i / across) * SIDE);
    }
    element.getContext("2d").putImageData(image, 0, 0);
  };
  return { element, show, name: (text) => element.setAttribute("aria-label", text) };
}

/** A live region: `say(text)` is read out once the reader pauses. */
export function status() {
  const element = h("p", { class: "told", role: "status" });
  let timer = 0;
  const say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.textContent = text), 400);
  };
  return { element, say };
}

let palette = null;

/** The theme's colours by role; `digits` has ten, and `shades` 256 from the tile to the ink, as words of pixels. */
export function colours() {
  if (!palette) {
    const style = getComputedStyle(document.body);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    palette = Object.fromEntries(["ink", "paper", "muted", "faint", "tile", "ae", "vae", "gan", "real"].map((name) => [name, read(name)]));
    palette.digits = Array.from({ length: 10 }, (_, label) => read(`digit-${label}`));
    const [ink, tile] = [channels(palette.ink), channels(palette.tile)];
    const shade = (i) => [0, 1, 2].map((c) => tile[c] + (i / 255) * (ink[c] - tile[c]));
    const pixels = Uint8ClampedArray.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : shade(i >> 2)[i % 4]));
    palette.shades = new Uint32Array(pixels.buffer);
  }
  return palette;
}

/** The ten digits, each over its colour. */
export const hues = () => Array.from({ length: 10 }, (_, label) => h("span", { style: `border-color: var(--digit-${label})` }, `${label}`));

export const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** The i-th of a list of arrays that came as one. */
export const part = ({ shape: [count], data }, i) => data.subarray((i * data.length) / count, ((i + 1) * data.length) / count);

/** The index of the value nearest to a number. */
export const nearest = (values, number) =>
  values.reduce((best, value, i) => (Math.abs(value - number) < Math.abs(values[best] - number) ? i : best), 0);

const repaints = new Set();
new MutationObserver(() => {
  palette = null;
  for (const repaint of repaints) repaint();
}).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });

/** Call `repaint` when the theme changes, until the page is left. */
export function onTheme(repaint, signal) {
  repaints.add(repaint);
  signal.addEventListener("abort", () => repaints.delete(repaint));
}

/** However often the result is called, `draw` runs once a frame. */
export function onFrame(draw, signal) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (!signal.aborted) draw();
    });
  };
}

/** Which colour is which digit's. */
export const key = (words) => h("p", { class: "key note" }, words, hues());

export const FAMILIES = { ae: "AE", vae: "VAE", gan: "GAN" };

/** A family's name in its colour. */
export const family = (name) => h("strong", { class: name }, FAMILIES[name]);
