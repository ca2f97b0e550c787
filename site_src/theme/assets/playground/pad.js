// A pad to draw a digit on, by mouse, finger or keyboard; what it gives is prepared as MNIST's digits were.

import { prepared } from "./drawing.js";
import { button, colours, h, slider } from "./ui.js";

const STEP = 10; // pixels of the pad for each that the networks see
const SIZE = 28 * STEP;
const PEN = { min: 12, max: 36, step: 2, value: 24 }; // pixels wide
const FITTED = 20 * STEP; // the longer side of what the networks see of a drawing, the pen's width included
const MOST = 8; // times larger than drawn
const KEYS = "pad; arrow keys move the pen, space puts it down or lifts it, Delete clears";
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const EMPTY = new Float32Array(784);

/**
 * `changed()` is called whenever there is other ink, `saved()` once a stroke is done or the pad was cleared, and
 * `said(words)` when the pen was only moved.
 */
export function pad({ changed, saved, said }) {
  let base = null; // the pixels of what was shown
  let strokes = []; // over them
  let mine = true; // and not a picture that gives way to a drawing
  let pen = [SIZE / 2, SIZE / 2];
  let down = false; // by the keyboard
  let box = null; // of the canvas in the window, where a stroke began

  const cursor = h("span", { class: "pen" });
  const canvas = h("canvas", {
    width: SIZE,
    height: SIZE,
    tabindex: 0,
    role: "application",
    "aria-label": "Drawing pad",
    "aria-roledescription": KEYS,
    pointerdown(event) {
      if (!event.isPrimary || event.button) return;
      canvas.setPointerCapture(event.pointerId);
      box = canvas.getBoundingClientRect(); // once a stroke, since it has the page laid out
      cursor.hidden = true;
      down = false;
      begin(place(event));
    },
    pointermove: (event) => canvas.hasPointerCapture(event.pointerId) && go(place(event), true),
    lostpointercapture() {
      paint();
      saved();
    },
    keydown: key,
    keyup: () => (cursor.hidden = false),
  });
  const ink = canvas.getContext("2d");
  const fitted = new OffscreenCanvas(SIZE, SIZE).getContext("2d", { willReadFrequently: true });
  const nib = slider({ label: "Pen width", ...PEN, say: (width) => (width / STEP).toFixed(1), change() {} });
  const undo = button("Undo", () => {
    strokes.pop();
    down = false;
    paint();
    changed();
    saved();
  });

  /** The pad anew; only ink is opaque. */
  function paint() {
    ink.clearRect(0, 0, SIZE, SIZE);
    if (base) spread(ink);
    line(ink, (to) => to);
    undo.disabled = !strokes.length;
  }

  /** Paint the pixels that were shown. */
  function spread(context) {
    context.fillStyle = colours().ink;
    base.forEach((value, i) => {
      context.globalAlpha = value;
      context.fillRect((i % 28) * STEP, Math.floor(i / 28) * STEP, STEP, STEP);
    });
    context.globalAlpha = 1;
  }

  /** Paint the strokes, each place of them where `moved` says. */
  function line(context, moved) {
    Object.assign(context, { strokeStyle: colours().ink, lineCap: "round", lineJoin: "round" });
    for (const { places, width } of strokes) {
      context.lineWidth = width;
      context.beginPath();
      const through = places.map(moved);
      // Through the middles between the pen's places, so that lines have no corners; a dot has a length too.
      through.forEach(([x, y], i) => {
        const [nextX, nextY] = through[i + 1] ?? [x + 0.1, y];
        context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      });
      context.stroke();
    }
  }

  /** Where a place would be if the drawing filled the pad. */
  function fit() {
    const places = strokes.flatMap((stroke) => stroke.places);
    const [[left, right], [top, bottom]] = [0, 1].map((axis) => {
      const values = places.map((to) => to[axis]);
      return [Math.min(...values), Math.max(...values)];
    });
    const scale = Math.min(MOST, (FITTED - strokes[0].width) / Math.max(1, right - left, bottom - top));
    return ([x, y]) => [SIZE / 2 + scale * (x - (left + right) / 2), SIZE / 2 + scale * (y - (top + bottom) / 2)];
  }

  /** What the networks see. A pen's line is as thick on a small drawing as on a large one. */
  function pixels() {
    if (!strokes.length) return base ?? EMPTY;
    fitted.clearRect(0, 0, SIZE, SIZE);
    if (base) spread(fitted);
    line(fitted, base ? (to) => to : fit());
    return prepared(fitted.getImageData(0, 0, SIZE, SIZE));
  }

  function place({ clientX, clientY }) {
    return [((clientX - box.left) / box.width) * SIZE, ((clientY - box.top) / box.height) * SIZE];
  }

  /** Put the pen down; a picture gives way to a new drawing. */
  function begin(to) {
    if (!mine) {
      base = null;
      paint();
    }
    mine = true;
    strokes.push({ width: nib.value, places: [] });
    undo.disabled = false;
    go(to, true);
  }

  function go(to, inking) {
    pen = to;
    [cursor.style.left, cursor.style.top] = to.map((value) => `${(100 * value) / SIZE}%`);
    cursor.classList.toggle("down", down);
    if (!inking) return;
    const { places, width } = strokes.at(-1);
    const from = places.at(-1) ?? to;
    places.push(to);
    // The last piece, straight; all is painted anew, and smooth, once the pen is lifted.
    Object.assign(ink, { strokeStyle: colours().ink, lineWidth: width, lineCap: "round" });
    ink.beginPath();
    ink.moveTo(...from);
    ink.lineTo(to[0] + 0.1, to[1]);
    ink.stroke();
    changed();
  }

  const at = () =>
    `Pen ${down ? "down" : "up"}, column ${Math.round(pen[0] / STEP)}, row ${Math.round(pen[1] / STEP)}.`;

  function key(event) {
    const way = WAYS[event.key];
    const clears = event.key === "Delete" || event.key === "Backspace";
    if (!way && !clears && event.key !== " ") return;
    event.preventDefault();
    if (clears) {
      show(null);
      changed();
      return saved();
    }
    const to = pen.map((value, i) => Math.min(SIZE, Math.max(0, value + (way?.[i] ?? 0) * STEP)));
    if (way) go(to, down);
    else if ((down = !down)) begin(pen);
    else lift();
    if (down) saved();
    else if (way) said(at());
  }

  /** Take the pen off by key: what was read of the drawing is said, with where the pen is. */
  function lift() {
    go(pen, false);
    paint();
    changed();
    saved();
  }

  /** Show pixels, or nothing; a picture that is not the reader's own is gone with the first stroke. */
  function show(pixels, own = true) {
    [base, strokes, mine, down] = [pixels, [], own, false];
    go(pen, false);
    paint();
  }

  return {
    element: h("div", { class: "pad" }, canvas, cursor),
    undo,
    nib: nib.element,
    show,
    paint,
    pixels,
    get mine() { return mine; },
    get empty() { return !strokes.length && !base; },
    /** Where the pen is, for who moves it by keyboard. */
    lead: () => (document.activeElement === canvas && !cursor.hidden ? at() : ""),
  };
}
