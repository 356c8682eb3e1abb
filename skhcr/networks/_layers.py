"""Layers that fit any image size down to 1 x 1."""

from keras import layers


def conv(x, filters, kernel_size, **options):
    """Convolve without padding, or with zeros where the image is smaller than the kernel."""
    fits = min(x.shape[1:3]) >= kernel_size
    return layers.Conv2D(filters, kernel_size, padding="valid" if fits else "same", **options)(x)


def max_pool(x):
    """Halve the image by 2 x 2 maxima, or keep an extent of one pixel."""
    fits = min(x.shape[1:3]) >= 2
    return layers.MaxPooling2D(2, padding="valid" if fits else "same")(x)
