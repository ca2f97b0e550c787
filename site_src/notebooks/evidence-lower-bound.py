# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # The evidence lower bound, checked by brute force
#
# The ideas of *Auto-encoding variational Bayes* (Kingma & Welling, ICLR 2014), each derived in a few
# lines and then checked against a number that was computed in another way:
#
# 1. the bound, against an integral over the whole latent space;
# 2. the formula for the KL divergence, against samples;
# 3. the gradient through a random draw, with the reparameterisation and without;
# 4. all of it at once, on digits.
#
# It needs nothing of this project but its images.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional

from generate import data

torch.manual_seed(0)
dataset = data.at_hand()
print(f"Using {dataset.title}: {len(dataset.train):,} training images.")

# %% [markdown]
# ## A model small enough to integrate
#
# A latent $z \sim \mathcal{N}(0, 1)$ with a single dimension, and twelve black or white pixels whose
# logits are straight lines in $z$:
#
# $$ p(x \mid z) = \prod_i \mathrm{Bernoulli}\left(x_i ;\; \sigma(a_i + b_i z)\right) . $$
#
# With one dimension the integral $p(x) = \int p(x \mid z)\, p(z)\, dz$ can simply be computed on a fine
# grid.

# %%
offsets, slopes = torch.linspace(-1, 1, 12), torch.linspace(-3, 3, 12).roll(4)
image = torch.bernoulli(torch.sigmoid(offsets + slopes * 0.7))


def log_normal(z, mean=0.0, deviation=1.0):
    """Log-density of N(mean, deviation^2)."""
    noise = (z - mean) / deviation
    return -0.5 * noise**2 - math.log(2 * math.pi) / 2 - torch.log(torch.as_tensor(deviation))


def log_likelihood(z):
    """Log p(x | z) of the image, for codes z of any shape."""
    logits = offsets + slopes * z[..., None]
    return (image * logits - functional.softplus(logits)).sum(-1)


grid = torch.linspace(-8, 8, 8001)
step = grid[1] - grid[0]
joint = log_likelihood(grid) + log_normal(grid)
log_evidence = joint.logsumexp(0) + step.log()
posterior = (joint - log_evidence).exp()
print(f"log p(x) = {log_evidence:.4f} nats; the posterior's mass is {posterior.sum() * step:.4f}")

# %% [markdown]
# ## The bound, and what is missing from it
#
# For any $q(z)$, by Jensen's inequality,
#
# $$ \log p(x) = \log \mathbb{E}_{q}\left[ \frac{p(x \mid z)\, p(z)}{q(z)} \right]
# \geq \mathbb{E}_{q}\left[ \log p(x \mid z) + \log p(z) - \log q(z) \right] = \mathrm{ELBO}(q) , $$
#
# and what is lost is exactly $D_{\mathrm{KL}}\left(q(z) \,\|\, p(z \mid x)\right)$. Both sides can be
# computed here, for as many $q$ as we like.


# %%
def elbo_and_gap(mean, deviation):
    """The bound and the divergence from the true posterior, both by integration."""
    log_q = log_normal(grid, mean, deviation)
    weight = log_q.exp() * step
    bound = (weight * (joint - log_q)).sum()
    gap = (weight * (log_q - (joint - log_evidence))).sum()
    return bound, gap


print(" mean   dev      ELBO       KL   ELBO + KL")
for mean, deviation in ((0.0, 1.0), (0.7, 0.5), (0.7, 0.2), (-1.0, 0.5)):
    bound, gap = elbo_and_gap(mean, deviation)
    print(f"{mean:5.1f} {deviation:5.1f} {bound:9.4f} {gap:8.4f} {bound + gap:11.4f}")
    assert torch.isclose(bound + gap, log_evidence, atol=1e-3)

# %% [markdown]
# The last column is the same in every row: it is $\log p(x)$. To raise the bound is to bring $q$ nearer
# to the posterior. How near can a Gaussian get?

# %%
parameters = torch.tensor([0.0, 0.0], requires_grad=True)
optimizer = torch.optim.Adam([parameters], lr=0.05)
for _ in range(300):
    loss = -elbo_and_gap(parameters[0], parameters[1].exp())[0]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
best_mean, best_deviation = parameters[0].item(), parameters[1].exp().item()
_, gap = elbo_and_gap(torch.tensor(best_mean), torch.tensor(best_deviation))
print(f"best Gaussian: mean {best_mean:.3f}, deviation {best_deviation:.3f}, {gap:.4f} nats short")

# %% alt="Densities over z: the true posterior, a Gaussian that all but covers it, and the wider prior."
figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(grid, posterior, label="true posterior p(z | x)")
axes.plot(grid, log_normal(grid, best_mean, best_deviation).exp(), "--", label="best Gaussian q(z)")
axes.plot(grid, log_normal(grid).exp(), ":", label="prior p(z)")
axes.set(xlim=(-3, 3), xlabel="z", yticks=[])
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## The KL divergence between two Gaussians
#
# The bound has a second form, $\mathbb{E}_q[\log p(x \mid z)] - D_{\mathrm{KL}}(q \,\|\, p)$, and for $q
# = \mathcal{N}(\mu, \sigma^2)$ and $p = \mathcal{N}(0, 1)$ its second term is $\frac{1}{2}\left(\mu^2 +
# \sigma^2 - 1 - \log \sigma^2\right)$. Samples agree, with an error that shrinks as one over the root of
# their number.

# %%
mean, deviation = 1.3, 0.4
formula = 0.5 * (mean**2 + deviation**2 - 1 - math.log(deviation**2))
print(f"formula {formula:.4f}")
for count in (100, 10_000, 1_000_000):
    z = mean + deviation * torch.randn(count)
    terms = log_normal(z, mean, deviation) - log_normal(z)
    error = terms.std() / count**0.5
    print(f"{count:>9,} samples: {terms.mean():.4f} ± {error:.4f}")
    assert abs(terms.mean() - formula) < 5 * error

# %% [markdown]
# ## A gradient through a random draw
#
# We need the slope of $\mathbb{E}_{z \sim \mathcal{N}(\mu, \sigma^2)}[f(z)]$ with respect to $\mu$. Two
# unbiased estimates of it:
#
# - the **score function**: $f(z)\, \nabla_\mu \log q(z)$, which needs nothing of $f$ but its value;
# - the **reparameterisation**: write $z = \mu + \sigma \varepsilon$ and differentiate $f$ itself.
#
# They have the same mean. Their variances are another matter.


# %%
def estimates(count, mean, deviation):
    """Single-sample estimates (count,) of the slope of E[log p(x | z)] in the mean, made in both ways."""
    center = torch.full((count,), mean, requires_grad=True)
    z = center + deviation * torch.randn(count)
    values = log_likelihood(z)
    (through,) = torch.autograd.grad(values.sum(), center)
    score = values.detach() * (z.detach() - mean) / deviation**2
    return score, through


score, through = estimates(200_000, 0.2, 0.5)
for name, values in (("score function", score), ("reparameterised", through)):
    error = values.std() / len(values) ** 0.5
    print(f"{name:>16}: mean {values.mean():.3f} ± {error:.3f}, variance {values.var():.2f}")
ratio = score.var() / through.var()
print(f"The score function's variance is {ratio:.0f} times as large,")
print("and it needs as many times the samples for the same precision.")
assert ratio > 1

# %% [markdown]
# ## All of it on digits
#
# A VAE with two latent dimensions and a hidden layer on each side. Two dimensions are few enough to
# integrate over the plane, so that the bound can be compared with $\log p(x)$ itself.

# %%
binary = (dataset.train.inputs().flatten(1) > 0.5).float()
hidden = 200
encoder = nn.Sequential(nn.Linear(784, hidden), nn.Tanh(), nn.Linear(hidden, 4))
decoder = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 784))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)


def bound(x):
    """The ELBO of images (N, 784), one sample each: (N,)."""
    mean, log_variance = encoder(x).chunk(2, 1)
    z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
    rebuilt = -functional.binary_cross_entropy_with_logits(decoder(z), x, reduction="none").sum(1)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
    return rebuilt - kl


for number in range(2_000):
    batch = binary[torch.randint(len(binary), (128,))]
    loss = -bound(batch).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if number % 500 == 0:
        print(f"step {number:>4}: {-loss.item():.1f} nats")

# %%
axis = torch.linspace(-4.5, 4.5, 181)
plane = torch.cartesian_prod(axis, axis)
area = (axis[1] - axis[0]) ** 2
tested = (dataset.test.inputs(slice(0, 50)).flatten(1) > 0.5).float()
with torch.no_grad():
    logits = decoder(plane)
    log_prior = log_normal(plane).sum(1)
    # log p(x | z) for every image and every point of the plane, as one matrix product.
    likelihoods = tested @ logits.T - functional.softplus(logits).sum(1)
    evidence = (likelihoods + log_prior).logsumexp(1) + area.log()
    elbo = torch.stack([bound(tested) for _ in range(200)]).mean(0)
    mean, log_variance = encoder(tested).chunk(2, 1)
    z = mean + (0.5 * log_variance).exp() * torch.randn(500, *mean.shape)
    log_q = (-0.5 * ((z - mean) ** 2 / log_variance.exp() + log_variance) - math.log(2 * math.pi) / 2).sum(2)
    logits = decoder(z)
    rebuilt = (tested * logits - functional.softplus(logits)).sum(2)
    weights = rebuilt + log_normal(z).sum(2) - log_q
    importance = weights.logsumexp(0) - math.log(500)
print(f"ELBO                                {elbo.mean():8.2f} nats")
print(f"importance-weighted, 500 samples    {importance.mean():8.2f}")
print(f"log p(x) by integrating the plane   {evidence.mean():8.2f}")
assert elbo.mean() < importance.mean() < evidence.mean() + 0.3

# %% [markdown]
# The order is as it must be: the ELBO is lowest, the importance-weighted bound (Burda et al., ICLR 2016)
# comes closer, and the integral is what both are bounds on. What the ELBO lacks is the misfit of the
# encoder's Gaussians, and a little noise. In sixteen dimensions the last line cannot be computed any
# more, and the bounds are all there is.
