"""Architectures: from an image shape and a number of classes to an uncompiled Keras model.

Every function here has the form ``network(image_shape, n_classes, **options)``. A function of your
own with the same form can stand wherever one of these can, see
:class:`~skhcr.classifiers.CNNClassifier`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_compact": ["compact"],
        "_lenet": ["lenet"],
        "_residual": ["residual"],
        "_three_conv": ["three_conv"],
        "_wide": ["wide"],
    },
)
