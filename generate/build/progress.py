"""How far a build has come, for whoever waits."""

from functools import partial

from tqdm import tqdm

progress = partial(
    tqdm, unit="", leave=False, disable=None, bar_format="{desc} {n_fmt}/{total_fmt} |{bar:30}|"
)
