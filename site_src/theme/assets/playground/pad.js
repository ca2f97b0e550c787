// A pad to draw a digit on, by mouse, finger or keyboard; what it gives is prepared as MNIST's digits were.

import { prepared } from "./drawing.js";
import { colours, h } from "./ui.js";

const STEP = 10; // pixels of the pad for each that the networks see
const SIZE = 28 * STEP;
const PEN = 24;
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
      cursor.hidden = true;
      down = false;
      begin(place(event));
    },
    pointermove: (event) => canvas.hasPointerCapture(event.pointerId) && go(place(event), true),
    lostpointercapture: () => saved(),
    keydown: key,
    keyup: () => (cursor.hidden = false),
  });
  const ink = canvas.getContext("2d", { willReadFrequently: true });

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
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * SIZE, ((clientY - box.top) / box.height) * SIZE];
  }

  /** Put the pen down; a picture gives way to a new drawing. */
  function begin(to) {
    if (!mine) base = null;
    mine = true;
    strokes.push([]);
    go(to, true);
  }

  function go(to, inking) {
    pen = to;
    [cursor.style.left, cursor.style.top] = to.map((value) => `${(100 * value) / SIZE}%`);
    cursor.classList.toggle("down", down);
    if (!inking) return;
    strokes.at(-1).push(to);
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
    else go(pen, false);
    if (down) saved();
    else said(at());
  }

  /** Show pixels, or nothing; a picture that is not the reader's own is gone with the first stroke. */
  function show(pixels, own = true) {
    [base, strokes, mine, down] = [pixels, [], own, false];
    go(pen, false);
    paint();
  }

  return {
    element: h("div", { class: "pad" }, canvas, cursor),
    show,
    paint,
    /** What the networks see. */
    pixels() {
      paint();
      return strokes.length ? prepared(ink.getImageData(0, 0, SIZE, SIZE)) : (base ?? EMPTY);
    },
    get mine() { return mine; },
    get empty() { return !strokes.length && !base; },
    /** Where the pen is, for who moves it by keyboard. */
    lead: () => (document.activeElement === canvas && !cursor.hidden ? at() : ""),
  };
}
