// A small chart of lines on a canvas; what its axes are is text around it, which no zoom makes too small.

import { UNPAINTED, colours, h } from "./ui.js";

const [WIDTH, HEIGHT] = [480, 240]; // device pixels
const MARGIN = 14;

export class Chart {
  /** `x` and `y`: what is said of each axis, {name, say(value)}; without them there is a picture alone. */
  constructor({ label = UNPAINTED, x = null, y = null } = {}) {
    Object.assign(this, { x, y });
    this.canvas = h("canvas", { width: WIDTH, height: HEIGHT, class: "curve", role: "img", "aria-label": label });
    const text = () => h("span");
    this.ends = { left: text(), right: text(), top: text(), bottom: text() };
    const { left, right, top, bottom } = this.ends;
    this.element =
      x &&
      h("div", { class: "chart note" },
        h("span", { class: "over" }, y.name),
        h("span", { class: "scale", "aria-hidden": "true" }, top, bottom), this.canvas,
        h("span", { class: "across", "aria-hidden": "true" }, left, h("span", {}, x.name), right));
  }

  /**
   * `lines` are {points: [[x, y], …], colour, dots}, and `mark` is a place on one of them; `upright` is an x. Where x is
   * `log`, it grows by factors. Ranges are those of the points, unless given.
   */
  show({ lines, mark = null, upright = null, log = false, name, range = null }) {
    const along = (value) => (log ? Math.log(value) : value);
    const points = lines.flatMap((line) => line.points);
    const [across, up] = [0, 1].map((axis) => points.map((point) => point[axis]));
    const [left, right] = [Math.min(...across), Math.max(...across)];
    const [bottom, top] = range ?? [Math.min(...up), Math.max(...up)];
    const share = (value, low, high) => (high > low ? (value - low) / (high - low) : 0.5);
    const place = ([x, y]) => [
      MARGIN + share(along(x), along(left), along(right)) * (WIDTH - 2 * MARGIN),
      HEIGHT - MARGIN - Math.min(1, share(y, bottom, top)) * (HEIGHT - 2 * MARGIN),
    ];
    const palette = colours();
    const context = this.canvas.getContext("2d");
    Object.assign(context, { fillStyle: palette.tile, lineJoin: "round" });
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const path = (places, colour, width) => {
      context.beginPath();
      for (const at of places) context.lineTo(...at);
      Object.assign(context, { strokeStyle: palette[colour], lineWidth: width });
      context.stroke();
    };
    if (upright !== null) {
      const [x] = place([upright, bottom]);
      path([[x, 0], [x, HEIGHT]], "muted", 2);
    }
    const dot = (at, radius, colour) => {
      context.beginPath();
      context.arc(...place(at), radius, 0, 2 * Math.PI);
      context.fillStyle = palette[colour];
      context.fill();
    };
    for (const { points, colour, dots } of lines) {
      path(points.map(place), colour, 3);
      if (dots) for (const at of points) dot(at, 6, colour);
    }
    if (mark) {
      dot(mark, 12, "paper");
      dot(mark, 9, "ink");
    }
    this.canvas.setAttribute("aria-label", name);
    if (!this.x) return;
    Object.entries({ left, right, bottom, top }).forEach(([end, value]) => {
      this.ends[end].textContent = (end === "left" || end === "right" ? this.x : this.y).say(value).replace("-", "−");
    });
  }
}
