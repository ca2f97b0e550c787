// A digit, drawn or picked: where the AE and the VAE put it, what they make of it, and what the classifier believes.

import { keep, pack, prepared, testDigit, unpack } from "../drawing.js";
import { Plot, reach } from "../plot.js";
import { FAMILIES, button, colours, digit, family, h, onFrame, onTheme, status } from "../ui.js";

const STEP = 10; // pixels of the pad for each that the networks see
const SIZE = 28 * STEP;
const PEN = 24;
const FIRST = 20; // of the test digits
const PRIOR = [-3.3, 3.3];
const CLOSE = 0.25; // around the VAE's point, in the close-up that shows its ellipse
const KEYS = "pad; arrow keys move the pen, space puts it down or lifts it, Delete clears";
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const EMPTY = new Float32Array(784);

export const needs = {
  networks: ["ae_2d", "vae_2d", "ae_2d_encoder", "vae_2d_encoder", "classifier"],
  results: ["compare/latent_planes", "playground/digits"],
};

const percent = (belief) => `${Math.round(100 * belief)}%`;
const listed = (values, places) => [...values].map((value) => value.toFixed(places).replace("-", "−")).join(", ");

export function mount({ root, networks, data, state, signal }) {
  const planes = data["compare/latent_planes"];
  const digits = data["playground/digits"];
  const told = status();
  let picked = null; // a test digit's index
  let base = null; // the pixels of what was picked or saved
  let strokes = []; // over them
  let pen = [SIZE / 2, SIZE / 2];
  let down = false; // by the keyboard

  const cursor = h("span", { class: "pen" });
  const pad = h("canvas", {
    width: SIZE,
    height: SIZE,
    tabindex: 0,
    role: "application",
    "aria-label": "Drawing pad",
    "aria-roledescription": KEYS,
    pointerdown(event) {
      if (!event.isPrimary || event.button) return;
      pad.setPointerCapture(event.pointerId);
      cursor.hidden = true;
      down = false;
      begin(place(event));
    },
    pointermove: (event) => pad.hasPointerCapture(event.pointerId) && go(place(event), true),
    lostpointercapture: save,
    keydown: key,
    keyup: () => (cursor.hidden = false),
  });
  const ink = pad.getContext("2d", { willReadFrequently: true });

  const sees = digit();
  const source = h("span", { class: "note" });
  const bars = Array.from({ length: 10 }, (_, label) => {
    const [fill, value] = [h("i", { style: `background: var(--digit-${label})` }), h("span")];
    return { fill, value, element: h("li", {}, `${label}`, h("span", {}, fill), value) };
  });
  const close = new Plot({ label: "The VAE's plane, close up", x: PRIOR, y: PRIOR });
  const panels = ["ae", "vae"].map((name) => {
    const codes = planes[name].data;
    const ranges = name === "ae" ? { x: reach(codes, 0), y: reach(codes, 1) } : { x: PRIOR, y: PRIOR };
    const plot = new Plot(ranges);
    plot.dots = close.dots = { codes, labels: planes.labels.data };
    const [picture, where] = [digit(`What the ${FAMILIES[name]} decodes`), h("p", { class: "note" })];
    const pair = h("div", { class: "pair" }, picture.element, name === "vae" ? close.canvas : null);
    const element = h("div", { class: "panel" }, family(name), plot.canvas, where, pair);
    const [encoder, decoder] = [networks[`${name}_2d_encoder`], networks[`${name}_2d`]];
    return { name, plot, picture, where, element, encoder, decoder };
  });

  const draw = onFrame(() => {
    paint();
    const pixels = pictured();
    const beliefs = networks.classifier.run(pixels);
    const top = beliefs.indexOf(Math.max(...beliefs));
    const mine = strokes.length || base ? "Your drawing" : "Nothing drawn yet";
    source.textContent = picked === null ? mine : `Test digit ${digits.labels.data[picked]}`;
    sees.show(pixels);
    sees.name(`What the networks see: ${source.textContent}`);
    bars.forEach(({ fill, value, element }, label) => {
      fill.style.width = value.textContent = percent(beliefs[label]);
      element.classList.toggle("top", label === top);
    });
    const places = panels.map((panel) => follow(panel, pixels)).join("; ");
    const lead = document.activeElement === pad && !cursor.hidden ? at() : "";
    told.say(`${lead} ${source.textContent}. The classifier says ${top} (${percent(beliefs[top])}); ${places}.`);
  }, signal);

  /** The pixels that the networks see. */
  const pictured = () => (strokes.length ? prepared(ink.getImageData(0, 0, SIZE, SIZE)) : (base ?? EMPTY));

  /** Show where a family puts the pixels, and say it. */
  function follow({ name, plot, encoder, decoder, picture, where }, pixels) {
    const code = encoder.run(pixels);
    plot.point = [...code.subarray(0, 2)];
    picture.show(decoder.run(plot.point));
    let words = `at ${listed(plot.point, 1)}`;
    if (plot.share(...plot.point).some((value) => value < 0 || value > 1)) words += ", beyond the picture's edge";
    if (name === "vae") {
      const spread = [...code.subarray(2)].map((value) => Math.exp(value / 2));
      words += `, give or take ${listed(spread, 2)}`;
      plot.ellipse = spread.map((value) => 2 * value);
      const [x, y] = plot.point.map((value) => [value - CLOSE, value + CLOSE]);
      Object.assign(close, { x, y, point: plot.point, ellipse: plot.ellipse }).settle();
    }
    plot.draw();
    where.textContent = words;
    plot.canvas.setAttribute("aria-label", `${FAMILIES[name]}, latent plane: the digit ${words}`);
    return `${FAMILIES[name]} ${words}`;
  }

  /** Only ink is opaque. */
  function paint() {
    const colour = colours().ink;
    ink.clearRect(0, 0, SIZE, SIZE);
    Object.assign(ink, { fillStyle: colour, strokeStyle: colour, lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    base?.forEach((value, i) => {
      ink.globalAlpha = value;
      ink.fillRect((i % 28) * STEP, Math.floor(i / 28) * STEP, STEP, STEP);
    });
    ink.globalAlpha = 1;
    for (const stroke of strokes) {
      ink.beginPath();
      // Through the middles between the pen's places, so that lines have no corners; a dot has a length too.
      stroke.forEach(([x, y], i) => {
        const [nextX, nextY] = stroke[i + 1] ?? [x + 0.1, y];
        ink.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      });
      ink.stroke();
    }
  }

  function place({ clientX, clientY }) {
    const box = pad.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * SIZE, ((clientY - box.top) / box.height) * SIZE];
  }

  /** Put the pen down; a test digit gives way to a new drawing. */
  function begin(to) {
    if (picked !== null) picked = base = null;
    strokes.push([]);
    go(to, true);
  }

  function go(to, inking) {
    pen = to;
    [cursor.style.left, cursor.style.top] = to.map((value) => `${(100 * value) / SIZE}%`);
    cursor.classList.toggle("down", down);
    if (!inking) return;
    strokes.at(-1).push(to);
    draw();
  }

  const at = () =>
    `Pen ${down ? "down" : "up"}, column ${Math.round(pen[0] / STEP)}, row ${Math.round(pen[1] / STEP)}.`;

  function key(event) {
    const way = WAYS[event.key];
    const clears = event.key === "Delete" || event.key === "Backspace";
    if (!way && !clears && event.key !== " ") return;
    event.preventDefault();
    if (clears) return show(null, null);
    const to = pen.map((value, i) => Math.min(SIZE, Math.max(0, value + (way?.[i] ?? 0) * STEP)));
    if (way) go(to, down);
    else if ((down = !down)) begin(pen);
    else go(pen, false);
    if (down) save();
    else told.say(at());
  }

  function show(index, pixels) {
    [picked, base, strokes, down] = [index, pixels, [], false];
    go(pen, false);
    draw();
    save();
  }

  /** Remember the drawing in the address and for the other views. */
  function save() {
    paint();
    if (picked === null && (strokes.length || base)) keep(pictured());
    state.write(picked === null ? `d${pack(pictured())}` : `t${picked}`);
  }

  const pick = (index) => show(index, testDigit(digits, index));
  const next = () => pick(((picked ?? FIRST) + 7) % digits.labels.data.length); // so that the digit changes each time
  const buttons = [button("Clear", () => show(null, null)), button("Next test digit", next)];
  root.append(
    h(
      "div",
      { class: "panels wide" },
      h("div", { class: "panel" }, h("div", { class: "pad" }, pad, cursor), h("div", { class: "controls" }, buttons)),
      h(
        "div",
        { class: "panel" },
        h("div", { class: "sees" }, sees.element, h("strong", {}, "What the networks see"), source),
        h(
          "ul",
          { class: "beliefs", "aria-label": "The classifier's belief" },
          bars.map(({ element }) => element),
        ),
      ),
    ),
    h(
      "div",
      { class: "places" },
      panels.map(({ element }) => element),
    ),
    h("p", { class: "note" }, "The VAE's ellipse spans two standard deviations; the small plane shows it close up."),
    told.element,
  );

  const saved = state.read() ?? "";
  const drawing = saved[0] === "d" && unpack(saved.slice(1));
  for (const { plot } of panels) plot.settle();
  if (drawing) show(null, drawing.some(Boolean) ? drawing : null);
  else pick(/^t[0-4]?\d$/.test(saved) ? Number(saved.slice(1)) : FIRST);
  onTheme(() => {
    close.settle();
    for (const { plot, picture } of panels) {
      plot.settle();
      picture.again();
    }
    sees.again();
    paint();
  }, signal);
}
