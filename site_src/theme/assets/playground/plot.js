// A latent plane on a canvas: dots in the colours of their digits, a point to move, an ellipse, pictures behind.

import { UNPAINTED, channels, colours, h } from "./ui.js";

const SIZE = 480; // device pixels; the style sheet makes it as wide as there is room
const DOT = 3;

export class Plot {
  /**
   * `x` and `y` are ranges [low, high]; `moved(x, y)` is called while a reader moves the point, where it `hovers` by a
   * mouse that only passes, too. The ellipse is about `centre`, or else about the point.
   */
  constructor({ label = UNPAINTED, x, y, moved = null, hovers = false, signal }) {
    Object.assign(this, { x, y, moved, hovers, point: null, dots: null, size: DOT, back: null, coloured: true });
    Object.assign(this, { ellipse: null, centre: null, rings: [], named: false });
    this.canvas = h("canvas", { width: SIZE, height: SIZE, class: "plot", "aria-label": label });
    this.canvas.setAttribute("role", moved ? "application" : "img");
    this.context = this.canvas.getContext("2d");
    this.layer = new OffscreenCanvas(SIZE, SIZE);
    this.settled = this.layer.getContext("2d");
    this.image = new ImageData(SIZE, SIZE);
    if (moved) this.listen(signal);
  }

  listen(signal) {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("aria-roledescription", "plane; arrow keys move the point");
    const follow = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      this.moved(...this.place(...share.map((value) => Math.min(1, Math.max(0, value)))));
    };
    const down = (event) => {
      if (!event.isPrimary || event.button) return; // one finger, or the main button
      this.canvas.setPointerCapture(event.pointerId);
      follow(event);
    };
    const passes = ({ pointerType, buttons }) => this.hovers && pointerType === "mouse" && !buttons;
    const move = (event) => (this.canvas.hasPointerCapture(event.pointerId) || passes(event)) && follow(event);
    const key = (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const step = event.shiftKey ? 0.1 : 0.02;
      const [x, y] = this.point ?? [0, 0];
      this.moved(
        ...this.inside([x + way[0] * step * (this.x[1] - this.x[0]), y + way[1] * step * (this.y[1] - this.y[0])]),
      );
    };
    this.canvas.addEventListener("pointerdown", down, { signal });
    this.canvas.addEventListener("pointermove", move, { signal });
    this.canvas.addEventListener("keydown", key, { signal });
  }

  /** The place in the plane of a share of the canvas. */
  place(across, down) {
    return [this.x[0] + across * (this.x[1] - this.x[0]), this.y[1] - down * (this.y[1] - this.y[0])];
  }

  /** The place at a share of both ranges, and back. */
  at(across, up) {
    return this.place(across, 1 - up);
  }

  share(x, y) {
    return [(x - this.x[0]) / (this.x[1] - this.x[0]), (y - this.y[0]) / (this.y[1] - this.y[0])];
  }

  /** The nearest place in the plane to any. */
  inside(place) {
    return [this.x, this.y].map(([low, high], axis) => Math.min(high, Math.max(low, place[axis])));
  }

  /** The canvas pixel of a place. */
  pixel(x, y) {
    return [((x - this.x[0]) / (this.x[1] - this.x[0])) * SIZE, ((this.y[1] - y) / (this.y[1] - this.y[0])) * SIZE];
  }

  /**
   * Paint what stays while the point moves: the picture `back`, or `dots` {codes, labels}, `rings` of these radii about
   * zero and, where digits are `named`, each at the median of its dots.
   */
  settle() {
    const context = this.settled;
    const palette = colours();
    context.fillStyle = palette.tile;
    context.fillRect(0, 0, SIZE, SIZE);
    if (this.back) {
      context.imageSmoothingEnabled = false;
      context.drawImage(this.back, 0, 0, SIZE, SIZE);
    } else if (this.dots) {
      this.scatter(context, palette);
      this.annotate(context, palette);
    }
    this.draw();
  }

  /** Paint the dots pixel by pixel: there are up to 10,000, and each call of a canvas takes longer than a dot. */
  scatter(context, palette) {
    const { codes, labels } = this.dots;
    const { size, x: [left, right], y: [bottom, top], image } = this;
    const { data } = image;
    new Uint32Array(data.buffer).fill(palette.shades[0]);
    const alpha = this.coloured ? 0.75 : 0.3;
    const [hues, muted] = [palette.digits.map(channels), channels(palette.muted)];
    const [across, down] = [SIZE / (right - left), SIZE / (top - bottom)];
    const inside = SIZE - size;
    for (let i = 0; i < labels.length; i++) {
      const x = Math.round((codes[2 * i] - left) * across - size / 2);
      const y = Math.round((top - codes[2 * i + 1]) * down - size / 2);
      if (!(x >= 0 && x <= inside && y >= 0 && y <= inside)) continue;
      const [red, green, blue] = this.coloured ? hues[labels[i]] : muted; // then labels can be anything
      for (let row = 0; row < size; row++) {
        const start = 4 * ((y + row) * SIZE + x);
        for (let at = start; at < start + 4 * size; at += 4) {
          data[at] += alpha * (red - data[at]);
          data[at + 1] += alpha * (green - data[at + 1]);
          data[at + 2] += alpha * (blue - data[at + 2]);
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  annotate(context, { ink, muted, paper }) {
    for (const radius of this.rings) {
      const [[x, y], edge] = [this.pixel(0, 0), this.pixel(radius, radius)];
      context.beginPath();
      context.ellipse(x, y, edge[0] - x, y - edge[1], 0, 0, 2 * Math.PI);
      Object.assign(context, { lineWidth: 1.5, strokeStyle: muted });
      context.stroke();
    }
    if (!this.named) return;
    Object.assign(context, { font: "bold 26px sans-serif", textAlign: "center", textBaseline: "middle" });
    Object.assign(context, { lineWidth: 6, lineJoin: "round", strokeStyle: paper, fillStyle: ink });
    const { codes, labels } = this.dots;
    for (const label of new Set(labels)) {
      const median = [0, 1].map((axis) => {
        const values = codes.filter((_, i) => i % 2 === axis && labels[i >> 1] === label).sort();
        return values[values.length >> 1];
      });
      context.strokeText(label, ...this.pixel(...median));
      context.fillText(label, ...this.pixel(...median));
    }
  }

  /** Paint the settled layer, the ellipse and the point. */
  draw() {
    const { context } = this;
    const { ink, paper } = colours();
    context.drawImage(this.layer, 0, 0);
    const ring = ([x, y], radii, width, colour) => {
      context.beginPath();
      context.ellipse(x, y, ...radii, 0, 0, 2 * Math.PI);
      Object.assign(context, { lineWidth: width, strokeStyle: colour });
      context.stroke();
    };
    if (this.ellipse) {
      const about = this.pixel(...(this.centre ?? this.point));
      const radii = [
        (this.ellipse[0] / (this.x[1] - this.x[0])) * SIZE,
        (this.ellipse[1] / (this.y[1] - this.y[0])) * SIZE,
      ];
      ring(about, radii, 5, paper);
      ring(about, radii, 2.5, ink);
    }
    if (!this.point) return;
    const at = this.pixel(...this.point);
    ring(at, [9, 9], 8, paper);
    ring(at, [9, 9], 4, ink);
  }
}

/** The range that holds all but the outermost codes, with a little room; `codes` alternates x and y. */
export function reach(codes, axis, share = 0.995) {
  const values = codes.filter((_, i) => i % 2 === axis).sort();
  const [low, high] = [values[Math.floor((1 - share) * values.length)], values[Math.floor(share * (values.length - 1))]];
  const room = 0.06 * (high - low);
  return [low - room, high + room];
}
