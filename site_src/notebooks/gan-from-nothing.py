# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # A GAN from nothing, and how to break it
#
# Two small fully connected networks, the loop that sets them against each other, and then three ways to
# ruin it on purpose. It needs nothing of this project but its images.

# %%
import matplotlib.pyplot as plt
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from generate import data

torch.manual_seed(0)
dataset = data.at_hand()
print(f"Using {dataset.title}: {len(dataset.train):,} training images.")
images = dataset.train.inputs().flatten(1)
latent, steps = 16, 1_000

# %% [markdown]
# To say how many digits a generator makes, something has to read them. A logistic regression on the
# pixels will do: it is crude, and it is not trained on anything generated.

# %%
reader = LogisticRegression(max_iter=200).fit(images[:5000].numpy(), dataset.train.labels[:5000].numpy())
accuracy = reader.score(dataset.test.inputs().flatten(1).numpy(), dataset.test.labels.numpy())
print(f"The reader gets {accuracy:.0%} of the test digits right.")

# %% [markdown]
# ## The players
#
# The generator turns noise into an image, the discriminator turns an image into one number. It answers
# with a *logit*; the sigmoid of it is the probability that the image is real.


# %%
def players():
    """A generator and a discriminator, freshly initialised."""
    torch.manual_seed(1)
    generator = nn.Sequential(
        nn.Linear(latent, 256), nn.BatchNorm1d(256), nn.ReLU(),
        nn.Linear(256, 256), nn.BatchNorm1d(256), nn.ReLU(),
        nn.Linear(256, 784), nn.Sigmoid(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)
    )
    return generator, discriminator


def gradient_penalty(discriminator, x):
    """R1 (Mescheder et al. 2018): the squared slope of the logit at real images, averaged."""
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(x).sum(), x, create_graph=True)
    return slope.square().sum(1).mean()


def play(*, penalty=1.0, saturating=False, rate=5e-4, momentum=0.0, turns=(1, 1)):
    """Train by the given rules; returns the generator and the record of both losses.

    ``turns``: how often the discriminator and the generator move in each round.
    """
    generator, discriminator = players()
    settings = {"lr": rate, "betas": (momentum, 0.99)}
    moves = [torch.optim.Adam(player.parameters(), **settings) for player in (discriminator, generator)]
    record = []
    for _ in range(steps):
        for _ in range(turns[0]):
            real = images[torch.randint(len(images), (64,))]
            fake = generator(torch.randn(64, latent)).detach()
            wrong = functional.softplus(-discriminator(real)), functional.softplus(discriminator(fake))
            loss = wrong[0].mean() + wrong[1].mean()
            if penalty:
                loss = loss + penalty / 2 * gradient_penalty(discriminator, real)
            moves[0].zero_grad()
            loss.backward()
            moves[0].step()
        for _ in range(turns[1]):
            score = discriminator(generator(torch.randn(64, latent)))
            # Saturating: lower log(1 - D). Non-saturating: raise log D. Same fixed point, other slopes.
            gain = -functional.softplus(score).mean() if saturating else functional.softplus(-score).mean()
            moves[1].zero_grad()
            gain.backward()
            moves[1].step()
        record.append((loss.item(), score.sigmoid().mean().item()))
    return generator.eval(), torch.tensor(record)


def report(generator, record, title):
    """Samples, the discriminator's loss, and which digits there are among a thousand samples."""
    with torch.no_grad():
        drawn = generator(torch.randn(1_000, latent))
    shares = torch.bincount(torch.from_numpy(reader.predict(drawn.numpy())), minlength=10) / 1_000
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 2.6), width_ratios=(1.5, 1))
    tiles = drawn[:30].view(3, 10, 28, 28).transpose(1, 2).reshape(84, 280)
    left.imshow(tiles, cmap="gray_r", vmin=0, vmax=1)
    left.set_axis_off()
    left.set_title(title)
    right.plot(record[:, 0], linewidth=0.7)
    right.axhline(2 * torch.log(torch.tensor(2.0)), color="black", linestyle="--", linewidth=1)
    right.set(title="discriminator's loss; dashed: 2 ln 2", xlabel="step", ylim=(0, 3))
    plt.show()
    common = int((shares > 0.02).sum())
    print(f"More than 2 % of the samples: {common} of ten digits. The most frequent: {shares.max():.0%}.")
    print(f"At the end the discriminator finds fakes real with probability {record[-100:, 1].mean():.2f}.")
    return common


# %% [markdown]
# ## A healthy game
#
# The non-saturating loss, a gradient penalty at real images, one step each in turn. The discriminator's
# loss should neither fall to zero nor rest at $2 \ln 2$.

# %% alt="Thirty digits of a healthy game, and the discriminator's loss, which settles below 2 ln 2."
healthy = report(*play(), "healthy")

# %% [markdown]
# ## Failure 1: haste
#
# No penalty, ten times the learning rate, and momentum, as one would train a classifier. The discriminator
# is soon sure of everything, its loss is next to zero, and the generator falls back on a few shapes.

# %% alt="Thirty samples of a hasty game, mostly alike, and the discriminator's loss, which falls to zero."
hasty = report(*play(penalty=0.0, rate=5e-3, momentum=0.9), "haste")

# %% [markdown]
# ## Failure 2: the saturating loss against a strong opponent
#
# Goodfellow's original objective has the generator lower $\log(1 - D(G(z)))$. While the discriminator is
# winning, that is nearly flat. Here it moves four times in each round, and wins.

# %% alt="Thirty samples of a game with the saturating loss, barely digits, and the discriminator's loss."
saturated = report(*play(penalty=0.0, saturating=True, turns=(4, 1)), "saturating")

# %% [markdown]
# ## Failure 3: an impatient generator
#
# Five generator moves for each of the discriminator's, with momentum: the generator runs to whatever passes
# *now*, much the same for every $z$, before the discriminator can object. This is mode collapse. Notice the
# loss: it swings about that of a discriminator that can only guess, and might pass for success.

# %% alt="Samples of a game with an impatient generator, nearly all alike; the loss swings about 2 ln 2."
impatient = report(*play(penalty=0.0, rate=2e-3, momentum=0.9, turns=(1, 5)), "impatient")
assert impatient < healthy

# %% [markdown]
# Which of these collapse, and how badly, depends on the seed and on the data: run the cells again with
# another. What does not depend on it: the loss alone does not tell you. Samples, and a count of what is
# among them, do.
#
# ## Exercises
#
# 1. Give each failure its penalty back. Which of them does it mend?
# 2. Print the generator's gradient norm with the saturating and the non-saturating loss over the first
#    hundred steps.
# 3. Halve and double the penalty. When does the discriminator become too blunt to teach anything?
