import pytest


@pytest.fixture(autouse=True)
def _close_figures():
    """Leave no figure open."""
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.fixture(scope="session")
def characters():
    """620 real characters, 28 x 28, ten of each: 310 to learn from and 310 to ask about."""
    from skhcr.datasets import load_characters

    data = load_characters()
    return data.images[:310], data.target[:310], data.images[310:620], data.target[310:620]


@pytest.fixture(scope="session")
def neighbours(characters):
    """A classifier of 62 characters that is no CNN: quick, often wrong, with probabilities."""
    from sklearn.neighbors import KNeighborsClassifier

    X, y, *_ = characters
    return KNeighborsClassifier(3).fit(X.reshape(len(X), -1), y)


@pytest.fixture(scope="session")
def two_classes(digits):
    """A classifier that tells 3 from 8, and what it has not seen."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    X, y, X_test, y_test = digits
    of_two, of_two_test = np.isin(y, (3, 8)), np.isin(y_test, (3, 8))
    X, X_test = X.reshape(len(X), -1) / 255, X_test.reshape(len(X_test), -1) / 255
    return LogisticRegression().fit(X[of_two], y[of_two]), X_test[of_two_test], y_test[of_two_test]


@pytest.fixture
def contrast():
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 defines it.

    It asks for 3 of large text and of what a picture says (1.4.3, 1.4.11).
    """
    import numpy as np
    from matplotlib.colors import to_rgb

    def luminance(colour):
        levels = np.array(to_rgb(colour))
        linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    def ratio(first, second):
        low, high = sorted([luminance(first), luminance(second)])
        return (high + 0.05) / (low + 0.05)

    return ratio


@pytest.fixture
def pixels_of():
    """Return what a figure looks like: equal arrays are equal pictures."""
    import numpy as np

    def draw(display):
        display.figure_.canvas.draw()
        return np.asarray(display.figure_.canvas.buffer_rgba()).copy()

    return draw
