// The sets of points that the three learn: each draws one with chances `draw` from U(0, 1) and `noise` from N(0, 1)
// and puts it at place i of two rows.

/** Around a place, by so much. */
const around = (rows, i, x, y, spread, noise) => {
  rows[0][i] = x + spread * noise();
  rows[1][i] = y + spread * noise();
};

const POINTS = {
  moons(rows, i, draw, noise) {
    const turn = Math.PI * draw();
    const side = draw() < 0.5 ? 1 : -1;
    around(rows, i, side * (Math.cos(turn) - 0.5), side * (Math.sin(turn) - 0.25), 0.08, noise);
  },
  ring(rows, i, draw, noise) {
    const turn = (Math.PI / 4) * Math.floor(8 * draw());
    around(rows, i, Math.cos(turn), Math.sin(turn), 0.08, noise);
  },
  spiral(rows, i, draw, noise) {
    const along = draw();
    const [radius, turn] = [0.15 + 0.85 * along, 3 * Math.PI * along];
    around(rows, i, radius * Math.cos(turn), radius * Math.sin(turn), 0.04, noise);
  },
  blob: (rows, i, draw, noise) => around(rows, i, 0, 0, 0.4, noise),
  blobs: (rows, i, draw, noise) => around(rows, i, draw() < 0.5 ? -1 : 1, 0, 0.15, noise),
};

/** What they are called; the reader's own points are the last. */
export const TOYS = {
  moons: "Two moons",
  ring: "Ring of eight",
  spiral: "Spiral",
  blob: "One blob",
  blobs: "Two blobs",
  own: "Paint your own",
};

/** Fill two rows with points of a set; `own` are the reader's, of which there is at least one. */
export function fill(rows, toy, own, draw, noise) {
  for (let i = 0; i < rows[0].length; i++) {
    if (toy !== "own") POINTS[toy](rows, i, draw, noise);
    else {
      const one = Math.floor(draw() * own[0].length);
      for (let axis = 0; axis < 2; axis++) rows[axis][i] = own[axis][one];
    }
  }
}
