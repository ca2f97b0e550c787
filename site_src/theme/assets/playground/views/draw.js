// A digit, drawn or picked: where the AE and the VAE put it, what they make of it, and what the classifier believes.

import { cloud } from "../bound.js";
import { keep, pack, testDigit, unpack } from "../drawing.js";
import { pad } from "../pad.js";
import { Plot, reach } from "../plot.js";
import { FAMILIES, button, digit, family, h, key, onFrame, onTheme, status } from "../ui.js";

const FIRST = 20; // of the test digits
const PRIOR = [-3.3, 3.3];
const CLOSE = 0.25; // around the VAE's point, in the close-up that shows its ellipse

const percent = (belief) => `${Math.round(100 * belief)}%`;
const listed = (values, places) => [...values].map((value) => value.toFixed(places).replace("-", "−")).join(", ");

export function mount({ root, networks, data, state, signal }) {
  const planes = data["compare/latent_planes"];
  const digits = data["playground/digits"];
  const told = status();
  let picked = null; // a test digit's index
  const paper = pad({
    changed() {
      if (paper.mine) picked = null;
      draw();
    },
    saved: save,
    said: (words) => told.say(words),
  });

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
    const pixels = paper.pixels();
    const beliefs = paper.empty ? new Float32Array(10) : networks.classifier.run(pixels);
    const top = paper.empty ? -1 : beliefs.indexOf(Math.max(...beliefs));
    const mine = paper.empty ? "Nothing drawn yet" : "Your drawing";
    source.textContent = picked === null ? mine : `Test digit ${digits.labels.data[picked]}`;
    sees.show(pixels);
    sees.name(`What the networks see: ${source.textContent}`);
    bars.forEach(({ fill, value, element }, label) => {
      fill.style.width = value.textContent = percent(beliefs[label]);
      element.classList.toggle("top", label === top);
    });
    const places = panels.map((panel) => follow(panel, pixels)).join("; ");
    const says = paper.empty ? "" : `The classifier says ${top} (${percent(beliefs[top])}); `;
    told.say(`${paper.lead()} ${source.textContent}. ${says}${places}.`);
  }, signal);

  /** Show where a family puts the pixels, and say it. */
  function follow({ name, plot, encoder, decoder, picture, where }, pixels) {
    const code = encoder.run(pixels);
    const { mean, deviation } = name === "vae" ? cloud(code) : { mean: [...code] };
    plot.point = mean;
    picture.show(decoder.run(plot.point));
    let words = `at ${listed(plot.point, 1)}`;
    if (plot.share(...plot.point).some((value) => value < 0 || value > 1)) words += ", beyond the picture's edge";
    if (name === "vae") {
      words += `, give or take ${listed(deviation, 2)}`;
      plot.ellipse = deviation.map((value) => 2 * value);
      const [x, y] = plot.point.map((value) => [value - CLOSE, value + CLOSE]);
      Object.assign(close, { x, y, point: plot.point, ellipse: plot.ellipse }).settle();
    }
    plot.draw();
    where.textContent = words;
    plot.canvas.setAttribute("aria-label", `${FAMILIES[name]}, latent plane: the digit ${words}`);
    return `${FAMILIES[name]} ${words}`;
  }

  function show(index, pixels) {
    picked = index;
    paper.show(pixels, index === null);
    draw();
    save();
  }

  /** Remember the drawing in the address and for the other views. */
  function save() {
    const pixels = paper.pixels();
    if (picked === null && !paper.empty) keep(pixels);
    state.write(picked === null ? `d${pack(pixels)}` : `t${picked}`);
  }

  const pick = (index) => show(index, testDigit(digits, index));
  const next = () => pick(((picked ?? FIRST) + 7) % digits.labels.data.length); // so that the digit changes each time
  const buttons = [paper.undo, button("Clear", () => show(null, null)), button("Next test digit", next)];
  root.append(
    h(
      "div",
      { class: "panels wide" },
      h("div", { class: "panel" }, paper.element, h("div", { class: "controls" }, buttons), paper.nib),
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
    key("Colours: digits. "),
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
    paper.paint();
  }, signal);
}
