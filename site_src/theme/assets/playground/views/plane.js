// The three 2-D planes side by side, or that `of` one family: one point in each, decoded as it moves.

import { Plot, reach } from "../plot.js";
import { FAMILIES, button, digit, family, h, key, onFrame, onTheme, painted, status, toggle } from "../ui.js";

const NAMES = Object.keys(FAMILIES);
const CELLS = 12; // of the decoded grid, each way
const PRIOR = [-3.3, 3.3];
const RINGS = { ae: [2], vae: [1, 2, 3], gan: [2] }; // deviations of N(0, I), as in the figures

export function mount({ root, networks, data, of, state, signal }) {
  const planes = data["compare/latent_planes"];
  const { labels, ae_2d: aeCodes, vae_2d: vaeCodes } = data["playground/digits"];
  const told = status();
  const shown = { coloured: true, grid: false };

  const panels = (of ? [of] : NAMES).map((name) => {
    const codes = planes[name].data;
    const [x, y] = name === "ae" ? [reach(codes, 0), reach(codes, 1)] : [PRIOR, PRIOR];
    const moved = (...point) => move(plot.share(...point));
    const plot = new Plot({ label: `${FAMILIES[name]}, latent plane`, x, y, moved, hovers: !!of, signal });
    if (of) Object.assign(plot, { rings: RINGS[name], named: name !== "gan" });
    plot.dots = { codes, labels: (name === "gan" ? planes.gan_labels : planes.labels).data };
    return { name, plot, network: networks[`${name}_2d`], picture: digit(`What the ${FAMILIES[name]} decodes`) };
  });

  const draw = onFrame(() => {
    for (const { plot, picture, network } of panels) {
      plot.point = plot.point.map((value) => Math.round(100 * value) / 100); // as the address has it
      picture.show(network.run(plot.point));
      plot.draw();
    }
    state.write([...panels.flatMap(({ plot }) => plot.point), +shown.coloured, +shown.grid].join("_"));
    told.say(panels.map(({ name, plot }) => `${FAMILIES[name]} at ${plot.point.map((value) => value.toFixed(1)).join(", ")}`).join("; "));
  }, signal);

  /** Move all three points to the same share of their planes. */
  function move([across, up]) {
    for (const { plot } of panels) plot.point = plot.at(across, up);
    draw();
  }

  let picked = -1;
  function pick(step) {
    picked = (picked + step + labels.data.length) % labels.data.length;
    for (const { name, plot } of panels) {
      const codes = { ae: aeCodes, vae: vaeCodes }[name];
      if (codes) plot.point = [...codes.data.subarray(2 * picked, 2 * picked + 2)];
    }
    follow.textContent = `A ${labels.data[picked]}: next test image`;
    draw();
  }
  const follow = button("Follow a test image", () => pick(7)); // so that the digit changes each time

  let filling = 0;
  /** Decode a grid over each plane, some rows a frame; a later call ends an earlier one. */
  async function fill() {
    const turn = filling;
    for (const { plot, network } of panels) {
      const sheet = new OffscreenCanvas(28 * CELLS, 28 * CELLS);
      const context = sheet.getContext("2d");
      for (let row = 0; row < CELLS; row++) {
        for (let column = 0; column < CELLS; column++) {
          const point = plot.place((column + 0.5) / CELLS, (row + 0.5) / CELLS);
          context.putImageData(painted(network.run(point)), 28 * column, 28 * row);
        }
        await new Promise(requestAnimationFrame);
        if (signal.aborted || turn !== filling) return;
      }
      plot.back = sheet;
      plot.settle();
    }
  }

  function settle() {
    filling++;
    for (const { plot } of panels) {
      Object.assign(plot, { back: null, coloured: shown.coloured });
      plot.settle();
    }
    if (shown.grid) fill();
    draw();
  }

  const saved = state.read()?.split("_").map(Number) ?? [];
  if (saved.length === 2 * panels.length + 2 && saved.every(Number.isFinite)) {
    panels.forEach(({ plot }, i) => (plot.point = plot.inside(saved.slice(2 * i, 2 * i + 2))));
    Object.assign(shown, { coloured: !!saved.at(-2), grid: !!saved.at(-1) });
  } else {
    for (const { plot } of panels) plot.point = plot.at(0.62, 0.6);
  }

  const change = (key) => (value) => {
    shown[key] = value;
    settle();
  };
  const three = () =>
    h("div", { class: "panels" }, panels.map(({ name, plot, picture }) => h("div", { class: "panel" }, family(name), plot.canvas, picture.element)));
  const one = ({ name, plot, picture }) =>
    h("div", { class: "beside" }, plot.canvas, h("div", { class: "panel" }, family(name), picture.element));
  const toggles = [["Colour by digit", "coloured"], ["Decoded grid", "grid"]].map(([text, name]) => toggle(text, shown[name], change(name)));
  root.append(
    of ? one(panels[0]) : three(),
    h("div", { class: "controls" }, toggles, of === "gan" ? null : follow), // a GAN has no place for an image
    key(`Colours: digits${of === "ae" || of === "vae" ? "" : "; in the GAN's plane, what the classifier reads"}. `),
    told.element,
  );
  settle();
  onTheme(() => {
    for (const { picture } of panels) picture.again();
    settle();
  }, signal);
}
