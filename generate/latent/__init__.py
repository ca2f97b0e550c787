"""Ways through latent space: paths, fitted densities, inversion."""
