"""The scores that scikit-learn lacks: case, texts, look-alikes, and a report of all characters."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_case_insensitive_accuracy_score": ["case_insensitive_accuracy_score"],
        "_confusable_groups": ["confusable_groups"],
        "_error_rates": ["character_error_rate", "word_error_rate"],
        "_recognition_report": ["recognition_report"],
    },
)
