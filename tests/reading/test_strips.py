"""Lines of a page: the peaks of its profile."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import signal
from scipy.ndimage import gaussian_filter1d

from skhcr.reading._strips import find_peaks


@pytest.mark.parametrize("seed", range(40))
def test_peaks_are_those_of_scipy(seed):
    random = np.random.default_rng(seed)
    profile = gaussian_filter1d(random.random(random.integers(1, 400)), random.uniform(0.1, 4))
    if seed % 2:
        profile = profile.round(2)  # with flat tops
        distance = 1  # as which of two equal peaks is left out is not said
    else:
        distance = 9
    prominence = random.uniform(0, 0.3) * profile.max()
    expected, _ = signal.find_peaks(profile, distance=distance, prominence=prominence)
    assert_array_equal(find_peaks(profile, distance, prominence), expected)


@pytest.mark.parametrize("profile", [[1.0], [1.0, 1.0], [0.0, 1.0], [3.0, 2.0, 1.0], np.zeros(9)])
def test_no_peaks(profile):
    assert len(find_peaks(np.array(profile), 9, 0.1)) == 0
