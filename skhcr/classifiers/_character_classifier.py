from skhcr.classifiers._cnn_classifier import CNNClassifier


class CharacterClassifier(CNNClassifier):
    """Convolutional network that classifies pictures of digits and letters.

    :class:`CNNClassifier` with defaults for many classes with few images each, such as the 62
    characters 0-9 A-Z a-z: ``augment=1.0`` and ``label_smoothing=0.1``. Any labels will do.

    See Also
    --------
    CNNClassifier : All parameters, methods and attributes.

    Examples
    --------
    >>> from skhcr.classifiers import CharacterClassifier
    >>> from skhcr.datasets import load_characters
    >>> X, y = load_characters(return_X_y=True)
    >>> classifier = CharacterClassifier(epochs=1, random_state=0).fit(X, y)
    >>> len(classifier.classes_)
    62
    """

    def __init__(
        self,
        network="compact",
        *,
        network_options=None,
        initial_weights=None,
        image_shape=None,
        epochs="auto",
        batch_size=64,
        optimizer="adam",
        learning_rate="auto",
        schedule="cosine",
        augment=1.0,
        label_smoothing=0.1,
        class_weight=None,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        callbacks=None,
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        super().__init__(
            network,
            network_options=network_options,
            initial_weights=initial_weights,
            image_shape=image_shape,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            schedule=schedule,
            augment=augment,
            label_smoothing=label_smoothing,
            class_weight=class_weight,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            callbacks=callbacks,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
        )
