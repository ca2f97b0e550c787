# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # From an autoencoder to a VAE
#
# About a hundred lines, from nothing: an autoencoder with a two-dimensional code, the two changes that
# make it variational, and the one line that most often breaks it. It needs nothing of this project but
# its images.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional

from generate import data

torch.manual_seed(0)
dataset = data.at_hand()
print(f"Using {dataset.title}: {len(dataset.train):,} training images.")
images, labels = dataset.train.inputs(), dataset.train.labels
steps = 2_500

# %% [markdown]
# ## An autoencoder
#
# Down to two numbers and back. Two fully connected layers on each side are enough to see the idea.


# %%
def networks(outputs):
    """An encoder to ``outputs`` numbers and a decoder from two."""
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, outputs))
    decoder = nn.Sequential(nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784), nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder


def train(encoder, decoder, loss_of):
    """Adam on random batches; ``loss_of`` takes a batch of images."""
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
    for step in range(steps):
        loss = loss_of(images[torch.randint(len(images), (128,))])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 500 == 499:
            print(f"step {step + 1:>5}: loss {loss.item():.1f}")


def reconstruction(logits, x):
    """Cross-entropy, summed over pixels and averaged over images: nats per image."""
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


encoder, decoder = networks(2)
train(encoder, decoder, lambda x: reconstruction(decoder(encoder(x)), x))


# %%
def show_plane(codes, title):
    """Codes (N, 2) in the colours of their digits, and the ring at two standard deviations of N(0, I)."""
    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    dots = axes.scatter(*codes.T, c=labels[: len(codes)], cmap="tab10", s=4)
    axes.add_patch(plt.Circle((0, 0), 2, fill=False, color="black"))
    axes.set(title=title, aspect="equal")
    figure.colorbar(dots, ticks=range(10), shrink=0.7)
    plt.show()


def show_samples(decoder, title, codes=None):
    """Twenty decodes of N(0, I)."""
    with torch.no_grad():
        drawn = decoder(torch.randn(20, 2) if codes is None else codes).sigmoid()
    figure, rows = plt.subplots(2, 10, figsize=(7, 1.8))
    for axes, image in zip(rows.flat, drawn, strict=True):
        axes.imshow(image[0], cmap="gray_r", vmin=0, vmax=1)
        axes.set_axis_off()
    figure.suptitle(title)
    plt.show()


# %% alt="A scatter of the autoencoder's codes by digit; most lie far outside a ring at two."
with torch.no_grad():
    codes = encoder(images[:3000])
show_plane(codes, "autoencoder: where the codes are")

# %% alt="Twenty decodes of N(0, I) by the autoencoder: few kinds of digit, some of them broken."
show_samples(decoder, "autoencoder: decodes of N(0, I)")
print("mean of the codes", codes.mean(0).tolist(), "deviation", codes.std(0).tolist())

# %% [markdown]
# Digits form groups, but the groups lie wherever they happened to. The ring is where $\mathcal{N}(0, I)$
# has its mass: draw from it, and most of the plane is missed.
#
# ## Two changes
#
# The encoder now gives a mean and a log-variance, and the decoder gets a *draw* (first change). A second
# term in the loss charges for every cloud that differs from $\mathcal{N}(0, I)$ (second change). That is
# all.


# %%
def sampled(parameters):
    """A draw of z and its KL divergence from N(0, I), in nats per image."""
    mean, log_variance = parameters.chunk(2, 1)
    z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum() / len(mean)
    return z, kl


variational_encoder, variational_decoder = networks(4)


def negative_bound(x):
    """The negative evidence lower bound, nats per image."""
    z, kl = sampled(variational_encoder(x))
    return reconstruction(variational_decoder(z), x) + kl


train(variational_encoder, variational_decoder, negative_bound)

# %% alt="The same scatter for the VAE: the groups crowd around the origin, most of them within the ring."
with torch.no_grad():
    means = variational_encoder(images[:3000])[:, :2]
show_plane(means, "VAE: where the means are")

# %% alt="Twenty decodes of N(0, I) by the VAE: soft digits of many kinds."
show_samples(variational_decoder, "VAE: decodes of N(0, I)")
print("mean of the means", means.mean(0).tolist(), "deviation", means.std(0).tolist())

# %% [markdown]
# Now the codes are where we said they would be, and drawing from $\mathcal{N}(0, I)$ gives digits.
#
# ## The line that breaks it
#
# Replace the sum over pixels by a mean, as many a published implementation does, and leave the KL as it
# is.

# %%
broken_encoder, broken_decoder = networks(4)


def broken_bound(x):
    """The same with the reconstruction averaged over pixels: the KL weighs 784 times too much."""
    z, kl = sampled(broken_encoder(x))
    return functional.binary_cross_entropy_with_logits(broken_decoder(z), x) + kl


train(broken_encoder, broken_decoder, broken_bound)

# %% alt="Twenty decodes of N(0, I) by the broken VAE: the same grey smudge each time."
with torch.no_grad():
    parameters = broken_encoder(images[:3000])
    _, kl = sampled(parameters)
show_samples(broken_decoder, "the same with a mean over pixels")
print(f"The KL is {kl.item():.4f} nats: the code says nothing, and every image decodes to the same average.")
assert kl < 0.5

# %% [markdown]
# ## Exercises
#
# 1. Multiply the KL by a factor between 0 and 10 (*beta*). What happens to the plane, to the
#    reconstructions, to samples?
# 2. Give the code 16 dimensions. Which of them does the VAE use? (Look at the variance of their means.)
# 3. Fit a Gaussian mixture to the autoencoder's codes and decode draws of it. How far does that get
#    without any change to the training?
