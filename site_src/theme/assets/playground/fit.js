// The direction that a few marked codes point in, as in generate/latent/compass.py.

const plus = (a, b, times) => a.map((value, i) => value + times * b[i]);
const mean = (codes) => Array.from(codes[0], (_, i) => codes.reduce((sum, code) => sum + code[i], 0) / codes.length);

/** The weights, intercept last, of scikit-learn's LogisticRegression(C=strength), by Newton's method. */
export function logistic(codes, liked, strength = 0.1) {
  const points = codes.map((code) => [...code, 1]);
  let weights = points[0].map(() => 0);
  for (let round = 0; round < 12; round++) {
    // The curvature, the slope at each row's end: first of the penalty, which spares the intercept.
    const rows = weights.map((weight, i) => [...weights.map((_, j) => Number(i === j)), weight]);
    rows.at(-1).fill(0);
    points.forEach((point, n) => {
      const belief = 1 / (1 + Math.exp(-point.reduce((sum, value, i) => sum + value * weights[i], 0)));
      const loss = [...point.map((value) => belief * (1 - belief) * value), belief - liked[n]];
      point.forEach((value, i) => (rows[i] = plus(rows[i], loss, strength * value)));
    });
    weights = plus(weights, solved(rows), -1);
  }
  return weights;
}

/** The unit direction from `less` to `more`, or null; the mean of all `shown` stands in for a missing kind. */
export function direction(more, less, shown) {
  const way =
    more.length && less.length
      ? logistic([...more, ...less], [...more.map(() => 1), ...less.map(() => 0)]).slice(0, -1)
      : plus(mean(more.length ? more : shown), mean(less.length ? less : shown), -1);
  const length = Math.hypot(...way);
  return length > 1e-6 ? way.map((value) => value / length) : null;
}

/** Solves positive definite equations, the right-hand side at the end of each row. */
export function solved(rows) {
  rows.forEach((_, i) =>
    rows.forEach((row, j) => {
      if (j !== i) rows[j] = plus(row, rows[i], -row[i] / rows[i][i]);
    }),
  );
  return rows.map((row, i) => row.at(-1) / row[i]);
}
