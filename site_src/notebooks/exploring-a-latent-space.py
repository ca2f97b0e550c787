# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Exploring a trained latent space
#
# The published models of this site are in the repository. Here they are used as a library: sample,
# encode, interpolate, steer. Nothing is trained except one direction, in seconds.

# %%
import matplotlib.pyplot as plt
import torch

from generate import data
from generate.evaluation.moments import moments
from generate.experiments import AE_16D, GAN_16D, VAE_16D
from generate.inference import load
from generate.latent.edits import Edit, rotate
from generate.latent.interpolation import linear, spherical
from generate.latent.inversion import invert
from generate.latent.principal import closed_form
from generate.latent.walks import learn_walk

torch.manual_seed(0)
dataset = data.at_hand()
print(f"Using {dataset.title}: {len(dataset.test):,} test images.")
print("The models were trained on MNIST in either case.")
ae, vae, gan = (load(run) for run in (AE_16D, VAE_16D, GAN_16D))


def show(rows, titles=()):
    """Rows of images (N, 1, 28, 28), each with its title."""
    _, lines = plt.subplots(len(rows), 1, figsize=(7, 0.95 * len(rows)), squeeze=False)
    for place, (axes, images) in enumerate(zip(lines[:, 0], rows, strict=True)):
        axes.imshow(torch.cat(list(images[:, 0].detach()), dim=1), cmap="gray_r", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_ylabel(titles[place] if titles else "", rotation=0, ha="right", va="center")
    plt.show()


# %% [markdown]
# ## Sample
#
# The same codes through three decoders of the same shape.

# %% alt="Ten codes through three decoders: smudges by the AE, soft digits by the VAE, crisp ones by the GAN."
codes = torch.randn(10, 16)
show([model.decode(codes) for model in (ae, vae, gan)], ["AE", "VAE", "GAN"])

# %% [markdown]
# ## Encode, and for a GAN: search
#
# An autoencoder has an encoder. For the GAN the latent is found by descent, starting from the best of
# many samples.

# %% alt="Ten test images and what comes back: close by AE and VAE, near misses by the GAN."
images = dataset.test.inputs(slice(0, 10))
found = invert(gan.decode, images, torch.randn(1_000, 16))
rebuilt = [model.decode(model.encode(images)) for model in (ae, vae)]
show([images, *rebuilt, gan.decode(found)], ["test", "AE", "VAE", "GAN"])

# %% [markdown]
# ## Interpolate
#
# Straight lines for codes that were encoded, arcs for latents of the GAN, as on the site.

# %% alt="The way from one test digit to another in ten steps, by the AE, the VAE and the GAN."
t = torch.linspace(0, 1, 10)
start, end = 0, 1
rows = [model.decode(linear(*model.encode(images[[start, end]]), t)) for model in (ae, vae)]
rows.append(gan.decode(spherical(found[start], found[end], t)))
show(rows, ["AE", "VAE", "GAN"])

# %% [markdown]
# ## Steer
#
# Learn a direction that turns what the GAN draws: the generator stays as it is, and one vector is trained
# so that a step along it does what turning the image would do.

# %%
turning = learn_walk(gan.decode, torch.randn(2_000, 16), Edit("turn", "degrees", 30.0, rotate), steps=200)
latents = torch.randn(200, 16)
before = moments(gan.decode(latents)).slant
for degrees in (-20, -10, 10, 20):
    change = moments(gan.decode(latents + degrees * turning)).slant - before
    print(f"asked to turn by {degrees:>3}°: slant changes by {change.mean():+.2f}")

# %% alt="Four digits of the GAN, each turned from right to left along the learned direction."
amounts = torch.linspace(-30, 30, 10)
show([gan.decode(latents[place] + amounts[:, None] * turning) for place in range(4)])

# %% [markdown]
# ## Look for directions nobody asked for
#
# The strongest directions of the generator's first layer, in closed form.

# %% alt="One digit moved along the four strongest directions; along some it turns into another."
directions = closed_form(gan.generator[0].weight.detach())
steps = torch.linspace(-2.5, 2.5, 10)
rows = [gan.decode(latents[0] + steps[:, None] * direction) for direction in directions[:4]]
show(rows, ["1", "2", "3", "4"])

# %% [markdown]
# ## Exercises
#
# 1. Learn the walk for `shift_x` instead. How far can it go before digits change?
# 2. Encode a test image with the VAE, add the difference between the mean codes of two digits, decode.
#    When does the digit change, and what stays?
# 3. Replace arcs by straight lines in the GAN's row. Can you see the difference? Would a measure?
