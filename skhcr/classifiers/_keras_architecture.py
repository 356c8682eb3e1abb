class KerasArchitecture:
    """The architecture of a saved Keras model as a network function.

    Parameters
    ----------
    model : keras.Model
        A model from (n_samples, height, width, n_channels) to (n_samples, n_classes).
    name : str
        What error messages call it.
    """

    def __init__(self, model, name):
        self.config = model.to_json()
        self.image_shape = model.input_shape[1:]
        self.n_classes = model.output_shape[1]
        self.name = name

    def __call__(self, image_shape, n_classes):
        """Return the model with new weights."""
        if (image_shape, n_classes) != (self.image_shape, self.n_classes):
            raise ValueError(
                f"The network of {self.name} takes images of shape {self.image_shape} and tells "
                f"{self.n_classes} classes apart; it can't be trained on images of shape "
                f"{image_shape} and {n_classes} classes."
            )
        import keras  # a pickle of a classifier opens without it

        return keras.models.model_from_json(self.config)

    def __eq__(self, other):
        return isinstance(other, KerasArchitecture) and vars(self) == vars(other)

    def __hash__(self):
        return hash(self.config)

    def __repr__(self):
        return f"KerasArchitecture({self.name!r})"
