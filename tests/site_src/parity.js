// How far the gradients of train/models.js are from those that PyTorch had for the same weights and inputs: called
// with the modules and the arrays of playground/line_gradients or playground/small_gradients, `{case: {loss,
// gradient}}`, both errors relative.
({ Memory, Autoencoder, Gan, POINTS, SHAPE }, arrays, kind) => {
  const memory = new Memory(kind);
  const scalar = (name) => arrays[name].data[0];
  const rows = ({ shape: [, width], data }) =>
    Array.from({ length: width }, (_, k) => data.filter((_, i) => i % width === k));
  const load = (net, name) =>
    net.set((inputs, l, m, k) =>
      k < inputs ? arrays[`${name}_weight_${l}`].data[m * inputs + k] : arrays[`${name}_bias_${l}`].data[m],
    );
  const length = (values) => Math.hypot(...values);

  /** The largest error of a tensor of a gradient; `scale` times what is to be subtracted from the network's own. */
  function error(net, name, own = net.gradient) {
    const tensors = net.layers.flatMap(({ inputs, outputs, columns, start }, l) => {
      const at = (m, k) => own[start + m * columns + k];
      const [weight, bias] = ["weight", "bias"].map((part) => arrays[`${name}_${part}_${l}`].data);
      return [
        [weight, Array.from({ length: inputs * outputs }, (_, i) => at(Math.floor(i / inputs), i % inputs))],
        [bias, Array.from({ length: outputs }, (_, m) => at(m, inputs))],
      ];
    });
    const most = Math.max(...tensors.map(([expected]) => length(expected)));
    return Math.max(
      ...tensors.map(([expected, found]) => length(found.map((value, i) => value - expected[i])) / (length(expected) || most)),
    );
  }

  const { points, images } = arrays;
  const given = rows(points ?? images);
  const latent = arrays.noise.shape[1];
  const narrow = [1, 2].map((l) => arrays[`decoder_weight_${l}`].shape[1]);
  const shape = points ? POINTS : { ...SHAPE, batch: images.shape[0], encoder: narrow, decoder: narrow };
  const found = {};
  const tell = (name, loss, errors) =>
    (found[name] = { loss: Math.abs(loss / scalar(`${name}_loss`) - 1), gradient: Math.max(...errors) });

  for (const [name, variational] of [["ae", false], ["vae", true]]) {
    const model = new Autoencoder(memory, latent, variational, () => 0, shape);
    load(model.encoder, `${name}_encoder`);
    load(model.decoder, "decoder");
    model.noise.forEach((row, k) => row.set(rows(arrays.noise)[k]));
    const loss = model.gradient(given, { sigma: points && scalar("sigma"), beta: scalar("beta") });
    tell(name, loss, [error(model.encoder, `${name}_${name}_encoder`), error(model.decoder, `${name}_decoder`)]);
  }
  if (!points) return found;

  const latents = rows(arrays.latents);
  const gan = new Gan(memory, 1, () => 0);
  load(gan.decoder, "decoder");
  load(gan.discriminator, "discriminator");
  const judge = (name, penalty) => {
    const loss = gan.discriminatorGradient(given, latents, penalty);
    tell(name, loss, [error(gan.discriminator, `${name}_discriminator`)]);
    return [loss, gan.discriminator.gradient.slice()];
  };
  judge("discriminator", scalar("gamma"));
  const [told, slopes] = judge("told", 0);
  // The penalty is small beside the rest: it is found as what a large one adds, made small again.
  const large = 1e4;
  const loss = (gan.discriminatorGradient(given, latents, large * scalar("gamma")) - told) / large;
  const alone = gan.discriminator.gradient.map((value, i) => (value - slopes[i]) / large);
  tell("penalty", loss, [error(gan.discriminator, "penalty_discriminator", alone)]);
  for (const [name, saturating] of [["generator", false], ["saturating", true]])
    tell(name, gan.generatorGradient(latents, saturating), [error(gan.decoder, `${name}_decoder`)]);
  return found;
}
