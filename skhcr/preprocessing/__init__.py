"""Pictures in, pictures out: the way from a source to a classifier's input."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_character_encoder": ["CharacterEncoder"],
        "_deskewer": ["Deskewer"],
        "_image_flattener": ["ImageFlattener"],
        "_image_loader": ["ImageLoader"],
        "_image_resizer": ["ImageResizer"],
        "_ink_centerer": ["InkCenterer"],
        "_ink_extractor": ["InkExtractor"],
        "_make_ink_pipeline": ["make_ink_pipeline"],
        "_pixel_scaler": ["PixelScaler"],
    },
)
