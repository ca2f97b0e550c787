// The first thing a reader touches: one point of N(0, I), the same decoder three times, three images.

import { Plot } from "../plot.js";
import { FAMILIES, digit, family, h, onFrame, onTheme, painted, status } from "../ui.js";

const RANGE = [-3, 3];
const SIZE = 480; // of the painted bell, as of every plane
const START = [0.9, 0.9];
const WANDER = 4000; // milliseconds: what moves unasked has to stop within five seconds

/** How likely a place is under N(0, I), in the theme's ink. */
function bell() {
  const sheet = new OffscreenCanvas(SIZE, SIZE);
  const ink = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)].map((at) => RANGE[0] + ((at + 0.5) / SIZE) * (RANGE[1] - RANGE[0]));
    return 0.4 * Math.exp(-(x * x + y * y) / 2);
  });
  sheet.getContext("2d").putImageData(painted(ink, SIZE, SIZE), 0, 0);
  return sheet;
}

/** Where a wanderer is after a share of its way: once round, a little wavy, back to where it set out. */
function along(share) {
  const turn = 2 * Math.PI * share;
  const radius = Math.hypot(...START) * (1 + 0.25 * Math.sin(3 * turn));
  const angle = Math.atan2(START[1], START[0]) - turn;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

export function mount({ root, network: named, state, signal }) {
  const told = status();
  told.element.classList.add("unseen");
  let wandering = false;

  const plane = new Plot({ label: "Draws of N(0, I)", x: RANGE, y: RANGE, moved: (...to) => ((wandering = false), go(to)), signal });
  const panels = Object.keys(FAMILIES).map((name) => {
    const picture = digit(`What the ${FAMILIES[name]} makes of it`);
    return { picture, network: null, arrives: named(`${name}_2d`), element: h("div", { class: "made-of-it" }, picture.element, family(name)) };
  });

  const draw = onFrame(() => {
    for (const { picture, network } of panels) if (network) picture.show(network.run(plane.point));
    plane.draw();
    const place = plane.point.map((value) => value.toFixed(1).replace("-", "−")).join(", ");
    if (!wandering) told.say(`The point is at ${place}.`);
  }, signal);

  function go(to) {
    plane.point = to;
    draw();
    if (!wandering) state.write(to.map((value) => Math.round(100 * value)).join("_"));
  }

  const saved = /^(-?\d{1,3})_(-?\d{1,3})$/.exec(state.read() ?? "");
  plane.point = saved ? plane.inside(saved.slice(1).map((text) => Number(text) / 100)) : START;

  const settle = () => {
    plane.back = bell();
    plane.settle();
    for (const { picture } of panels) picture.again();
  };
  root.append(
    h("div", { class: "first" }, h("div", { class: "panel" }, plane.canvas), h("div", { class: "wedge", "aria-hidden": "true" }), h("div", { class: "makes" }, panels.map(({ element }) => element))),
    h("p", { class: "note" }, "Drag the point. The same decoder, trained three times with another objective each, turns it into an image."),
    told.element,
  );
  settle();
  onTheme(settle, signal);
  for (const panel of panels) {
    panel.arrives.then((network) => {
      if (signal.aborted) return;
      panel.network = network;
      draw();
    }, () => panel.picture.name("This decoder could not be loaded"));
  }

  if (saved || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  Promise.all(panels.map(({ arrives }) => arrives)).then(() => {
    const began = performance.now();
    wandering = true;
    const tick = (now) => {
      if (!wandering || signal.aborted) return;
      const share = Math.min(1, (now - began) / WANDER);
      wandering = share < 1;
      go(along(share));
      requestAnimationFrame(tick);
    };
    plane.canvas.addEventListener("pointerdown", () => (wandering = false), { signal });
    requestAnimationFrame(tick);
  }, () => {});
}
