"""The estimators that learn: convolutional networks as scikit-learn classifiers."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_character_classifier": ["CharacterClassifier"],
        "_cnn_classifier": ["CNNClassifier"],
        "_digit_classifier": ["DigitClassifier"],
    },
)
