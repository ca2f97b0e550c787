// From one digit to another: a path between two codes of each 16-D model, and what the classifier believes on the way.

import { drawings, drawn, pack, testDigit, unpack } from "../drawing.js";
import { anySeed, normal } from "../random.js";
import { breather } from "../search.js";
import { searched } from "../searcher.js";
import {
  FAMILIES,
  UNPAINTED,
  button,
  choice,
  colours,
  digit,
  family,
  h,
  key,
  onFrame,
  onTheme,
  painted,
  slider,
  status,
} from "../ui.js";

const NAMES = Object.keys(FAMILIES);
const SIZE = 16;
const STEPS = 9; // on a path
const CELL = 56; // pixels of a step's picture, and below it a bar
const BAR = 36;
const STARTS = [10, 30]; // a 2 and a 6
const KINDS = { site: "As on this site", line: "Lines", arc: "Arcs" };

/** What is at a share t of the path; an arc turns at constant speed while its length goes linearly. */
function path(start, end, arc) {
  const [from, to] = [start, end].map((code) => Math.hypot(...code));
  const cosine = start.reduce((sum, value, k) => sum + value * end[k], 0) / (from * to);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const mix = (a, b) => start.map((value, k) => a * value + b * end[k]);
  if (!arc || !(Math.sin(angle) > 1e-4)) return (t) => mix(1 - t, t);
  return (t) => {
    const length = (from + t * (to - from)) / Math.sin(angle);
    return mix((length * Math.sin((1 - t) * angle)) / from, (length * Math.sin(t * angle)) / to);
  };
}

/** A code drawn like the known ones, each number by itself; it stands in where there is no prior to draw from. */
function likely(codes, noise) {
  return noise.map((times, k) => {
    const values = codes.filter((_, i) => i % SIZE === k);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return mean + times * Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  });
}

/** Who finds the code of a drawing at once; the GAN has nobody. */
const ENCODERS = { ae: "ae_16d_encoder", vae: "vae_16d_encoder" };

export function mount({ root, networks, network: named, data, state, signal }) {
  const digits = data["playground/digits"];
  const codesOf = (name) => digits[`${name}_16d`];
  const told = status();
  const saved = state.read()?.split("_") ?? [];

  /** What a word of the address stands for: a drawing, a sample or a test digit; a drawing's codes are yet to find. */
  function meant(text = "") {
    const image = text[0] === "d" && unpack(text.slice(1));
    if (image) return { text, image, name: "your drawing", codes: {} };
    const index = Number(text.slice(1));
    if (/^s\d{1,10}$/.test(text)) {
      const noise = normal(index, SIZE);
      return { text, name: "sample", codes: { ae: likely(codesOf("ae").data, noise), vae: noise, gan: noise } };
    }
    if (!/^t[0-4]?\d$/.test(text)) return null;
    const codes = NAMES.map((name) => [name, codesOf(name).data.slice(index * SIZE, (index + 1) * SIZE)]);
    const name = `test digit ${digits.labels.data[index]}`;
    return { text, index, image: testDigit(digits, index), name, codes: Object.fromEntries(codes) };
  }

  const ends = ["Start", "End"].map((title, which) => {
    const [picture, note] = [digit(), h("span", { class: "note" })];
    const end = { title, picture };
    const take = (text) => {
      end.is = meant(text) ?? meant(`t${STARTS[which]}`);
      const { image, name } = end.is;
      note.textContent = name;
      picture.element.hidden = !image;
      picture.name(name);
      if (image) picture.show(image);
    };
    const way = (words, text) => button(words, () => (take(text()), renew()));
    // By seven, so that the digit changes each time.
    const next = () => `t${((end.is.index ?? STARTS[which]) + 7) % digits.labels.data.length}`;
    const own = way("My drawing", () => `d${pack(drawn)}`);
    const allow = () => (own.disabled = !drawn);
    drawings.addEventListener("change", allow, { signal });
    allow();
    const buttons = [way("Next test digit", next), way("Sample", () => `s${anySeed()}`), own];
    const shown = h("div", { class: "end" }, picture.element, note);
    end.element = h("fieldset", {}, h("legend", {}, title), shown, h("div", { class: "controls" }, buttons));
    end.take = take;
    take(saved[which]);
    return end;
  });

  const rows = NAMES.map((name) => {
    const strip = h("canvas", { width: STEPS * CELL, height: CELL + BAR, role: "img", "aria-label": UNPAINTED });
    const [mark, reads, picture] = [h("i"), h("div", { class: "reads", "aria-hidden": "true" }), digit()];
    const now = h("div", {}, family(name), picture.element);
    const working = h("div", { class: "working", hidden: "" });
    const element = h("div", { class: "path" }, now, h("div", { class: "strip" }, mark, strip, reads, working));
    return { name, network: networks[`${name}_16d`], strip, mark, reads, picture, working, element, way: null, steps: [] };
  });

  const sheet = new OffscreenCanvas(28, 28);
  /** Paint a path's pictures and below each the beliefs, stacked. */
  function paint({ name, strip, reads, steps }) {
    const context = strip.getContext("2d");
    context.clearRect(0, 0, strip.width, strip.height);
    context.imageSmoothingEnabled = false;
    steps.forEach(({ pixels, beliefs }, i) => {
      sheet.getContext("2d").putImageData(painted(pixels), 0, 0);
      context.drawImage(sheet, i * CELL, 0, CELL, CELL);
      let y = strip.height;
      beliefs.forEach((belief, label) => {
        context.fillStyle = colours().digits[label];
        context.fillRect(i * CELL + 2, (y -= belief * (BAR - 4)), CELL - 4, belief * (BAR - 4));
      });
    });
    reads.replaceChildren(...steps.map(({ top }) => h("span", {}, `${top}`)));
    const words = steps.map(({ top, beliefs }) => `${top} (${Math.round(100 * beliefs[top])}%)`);
    strip.setAttribute("aria-label", `${FAMILIES[name]}, from start to end; the classifier says ${words.join(", ")}`);
  }

  let turn = new AbortController();
  signal.addEventListener("abort", () => turn.abort());
  /** Work the paths out anew, a little in each frame, each family's as soon as both its ends have a code. */
  function renew() {
    turn.abort();
    turn = new AbortController();
    save();
    for (const row of rows) follow(row, turn.signal);
  }

  /** What is shown of a row is another path's until its own is known, and looks so. */
  async function follow(row, latest) {
    const pause = breather(() => latest.aborted);
    row.way = null;
    row.element.classList.add("stale");
    try {
      for (const end of ends) end.is.codes[row.name] ??= await coded(row, end, latest);
    } catch (error) {
      if (!latest.aborted) report(row, `Your drawing has no code here: ${error.message}`);
      return;
    }
    if (latest.aborted) return;
    const arc = kind.value === "arc" || (kind.value === "site" && row.name === "gan");
    const way = path(...ends.map(({ is }) => is.codes[row.name]), arc);
    const steps = [];
    for (let i = 0; i < STEPS; i++) {
      const pixels = row.network.run(way(i / (STEPS - 1)));
      const beliefs = networks.classifier.run(pixels);
      steps.push({ pixels, beliefs, top: beliefs.indexOf(Math.max(...beliefs)) });
      await pause();
    }
    report(row);
    Object.assign(row, { way, steps });
    row.element.classList.remove("stale");
    paint(row);
    draw();
  }

  /** The code of a drawing: from an encoder, or found by search, which takes seconds and can be stopped. */
  async function coded({ name, network, working }, { is, title }, latest) {
    if (name in ENCODERS) return (await named(ENCODERS[name])).run(is.image).slice(0, SIZE);
    const stop = button("Stop", () => {
      for (const end of ends) if (end.is.image && !end.is.codes[name]) end.take();
      renew();
    });
    const share = h("progress", { max: 1, value: 0, "aria-label": `Search for your drawing in the ${FAMILIES[name]}` });
    working.replaceChildren(`${title}: searching for your drawing in the ${FAMILIES[name]}, which has no encoder `, share, stop);
    working.hidden = false;
    told.say(`${title}: searching for your drawing in the ${FAMILIES[name]}.`);
    const tell = (done) => (share.value = done);
    return searched({ arrays: network.arrays, image: is.image, known: codesOf(name), tell, signal: latest });
  }

  function report({ working }, fault = "") {
    working.replaceChildren(fault);
    working.hidden = !fault;
  }

  const draw = onFrame(() => {
    const step = position.value * (STEPS - 1);
    const says = rows.filter(({ way }) => way).map(({ name, network, way, steps, mark, picture }) => {
      picture.show(network.run(way(position.value)));
      mark.style.left = `${(step / STEPS) * 100}%`;
      const words = `${FAMILIES[name]} ${steps[Math.round(step)]?.top ?? "…"}`;
      picture.name(`${words}, at ${position.value.toFixed(2)}`);
      return words;
    });
    if (!says.length) return;
    const between = ends.map(({ title, is }) => `${title}: ${is.name}.`).join(" ");
    told.say(`${between} At ${position.value.toFixed(2)} the classifier says: ${says.join(", ")}.`);
  }, signal);

  const save = () => state.write([...ends.map(({ is }) => is.text), kind.value, position.value.toFixed(2)].join("_"));
  const kind = choice("Path", Object.entries(KINDS), saved[2] in KINDS ? saved[2] : "site", renew);
  const value = Number(saved[3] ?? 0.5) || 0; // the slider keeps it in its range
  const say = (number) => number.toFixed(2);
  const position = slider({ label: "Position", min: 0, max: 1, step: 0.01, value, change: draw, say });
  position.input.addEventListener("change", save);

  root.append(
    h(
      "div",
      { class: "panels wide" },
      ends.map(({ element }) => element),
    ),
    h("div", { class: "controls" }, kind.element),
    position.element,
    ...rows.map(({ element }) => element),
    key("Bars: what the classifier believes. "),
    h(
      "p",
      { class: "note" },
      "This site takes lines in the AE and the VAE, and arcs in the GAN, by habit; here arcs go about zero. ",
      "The AE has no prior: its samples are the ",
      "mean of 50 known codes plus their standard deviation times noise. The GAN's codes of images are found by search.",
    ),
    told.element,
  );
  renew();
  onTheme(() => {
    rows.forEach(paint);
    for (const { picture } of [...rows, ...ends]) picture.again();
  }, signal);
}
