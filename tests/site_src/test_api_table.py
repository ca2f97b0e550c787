"""The list of functions says what the package says of itself."""

from collections.abc import Callable

import generate


def test_every_public_function_is_listed_with_its_signature_and_its_words(html: Callable[[str], str]) -> None:
    page = html("{{ table api }}")
    for name in generate.__all__:
        assert f'id="api-{name}"' in page
        words = (getattr(generate, name).__doc__ or "").split("\n")[0].replace("``", "")
        assert words in page, name
    assert page.count("<dt") == len(generate.__all__)
    assert "generate.decode(name: str, codes: np.ndarray) -&gt; np.ndarray" in page
