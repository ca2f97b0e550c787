// What each view is made of, known before any of its code is there, so that all can be asked for at once: the other
// modules that its code imports, and the networks and results it computes with. A view `of` one family needs that alone.

const FAMILIES = ["ae", "vae", "gan"];
const sized = (size, names = FAMILIES) => names.map((name) => `${name}_${size}`);
const TRAINER = ["train/clock", "train/client", "train/trainer", "train/mlp", "train/models"];

const NEEDS = {
  beta: { code: ["plot", "chart"], results: ["vae/beta_sweep"] },
  compass: { code: ["fit", "random"], networks: ["gan_16d"] },
  dimensions: { code: ["random"], networks: ["vae_16d", "gan_16d"], results: ["playground/dimensions"] },
  dirac: { code: ["plot"] },
  draw: {
    code: ["plot", "pad", "drawing", "bound"],
    networks: ["ae_2d", "vae_2d", "ae_2d_encoder", "vae_2d_encoder", "classifier"],
    results: ["compare/latent_planes", "playground/digits"],
  },
  elbo: {
    code: ["chart", "pad", "drawing", "bound", "random", "search", "fit"],
    networks: ["vae_2d_encoder", "vae_2d"],
    results: ["playground/digits"],
  },
  epsilon: {
    code: ["plot", "drawing", "bound", "random", "search", "fit"],
    networks: ["vae_2d_encoder", "vae_2d"],
    results: ["playground/digits"],
  },
  hero: { code: ["plot"], later: sized("2d") },
  interpolate: {
    code: ["drawing", "random", "search", "searcher", "fit"],
    networks: [...sized("16d"), "classifier"],
    results: ["playground/digits"],
  },
  learn: { code: ["random", "train/digits", ...TRAINER], results: ["playground/small_digits"] },
  line: { code: ["random", "train/line", "train/panel", "train/settings", "train/toys", ...TRAINER] },
  plane: (of) => ({
    code: ["plot"],
    networks: sized("2d", of ? [of] : FAMILIES),
    results: ["compare/latent_planes", "playground/digits"],
  }),
  steer: {
    networks: sized("16d"),
    results: ["control/steering", "control/principal_directions", "playground/digits"],
  },
  training: {
    code: ["plot", "chart"],
    results: [
      "vae/latent_evolution",
      "compare/training_progress",
      "playground/gan_training",
      "autoencoder/loss_curves",
      "vae/loss_curves",
      "gan/loss_curves",
    ],
  },
};

/** `{code, networks, later, results}` by name; a view starts before the networks that come `later`. */
export function needs(view, of) {
  const found = NEEDS[view];
  return { code: [], networks: [], later: [], results: [], ...(typeof found === "function" ? found(of) : found) };
}
