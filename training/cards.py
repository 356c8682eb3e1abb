"""Model cards of the shipped weights: what is in the files, and a page of documentation."""

from data import held_out
from evaluate import figures

from skhcr import load_pretrained

_TEXTS = {
    "digits": {
        "title": "Digits",
        "classes": "the ten digits, integers 0 to 9",
        "training_data": [
            "MNIST, 57,000 of its training images; the other 3,000 were for choices",
            "USPS, 5,103 images, each shown twice an epoch",
            "ARDIS IV, 4,620 images of historical Swedish hands, each shown twice an epoch",
            "all of them distorted too, and as what is left of pictures on squared paper, blurred "
            "ones and the like",
        ],
        "held_out": (
            "MNIST's 10,000 test images; every fifth image of the training files of USPS and ARDIS"
        ),
        "limits": [
            "One digit a picture: it does not find or separate digits.",
            "Every picture is read as a digit, a letter and an empty sheet too. Reject the unsure "
            "ones by their probability; that does not catch all.",
            "A crop so tight that a 0 touches all four sides may be taken for dark ink on a light "
            "spot: pass inkextractor__polarity.",
        ],
    },
    "letters": {
        "title": "Letters",
        "classes": "the 26 letters, whatever their case, as capitals",
        "training_data": [
            "EMNIST ByClass, the letters of 17 in 20 images of its test split; one was for "
            "choices, two are held out",
            "EMNIST ByMerge, the letters of its test split that ByClass does not have",
            "English (Chars74K EnglishHnd), the letters of 2,455 of 3,410 images; 273 were for "
            "choices",
        ],
        "held_out": "every tenth image of EMNIST ByClass's test split; 682 images of English",
        "limits": [
            "One letter a picture: it does not find or separate letters.",
            "I and L, G and Q, U and V are written alike by many hands.",
            "No accents and no other alphabets: they are read as the nearest of the 26.",
        ],
    },
    "characters": {
        "title": "Characters",
        "classes": "the 62 characters 0-9, A-Z, a-z",
        "training_data": [
            "EMNIST ByClass, 17 in 20 images of its test split; one was for choices, two are held "
            "out",
            "EMNIST ByMerge, the images of its test split that ByClass does not have; a merged "
            "label counts for both cases",
            "English (Chars74K EnglishHnd), 2,455 of 3,410 images; 273 were for choices",
        ],
        "held_out": "every tenth image of EMNIST ByClass's test split; 682 images of English",
        "limits": [
            "One character a picture: it does not find or separate characters.",
            "The size of a character and its place on the line are lost: 0, O and o, 1, I and l, "
            "and the cases of c, k, m, o, p, s, u, v, w, x, y, z can't be told apart for sure. "
            "predict_top gives the alternatives.",
            "How frequent characters are is learnt from forms: half of EMNIST are digits, so that "
            "a ring or a bar as a pen on a form draws it is a 0 or a 1 rather than an O or an l.",
            "No accents and no other alphabets: they are read as the nearest of the 62.",
        ],
    },
}

_COMMON = {
    "licence": (
        "BSD 3-clause, as the library. Of the training images, those of NIST Special Database 19 "
        "(MNIST, EMNIST) are in the public domain in the USA; USPS, ARDIS and English come without "
        "clear terms, and none of their images is shipped."
    ),
    "citations": [
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86(11), 1998 (MNIST)",
        "G. Cohen, S. Afshar, J. Tapson, A. van Schaik, arXiv:1702.05373, 2017 (EMNIST)",
        "J. J. Hull, IEEE TPAMI 16(5), 1994 (USPS)",
        "H. Kusetogullari et al., Neural Computing and Applications 32, 2020 (ARDIS)",
        "T. E. de Campos, B. R. Babu, M. Varma, VISAPP 2009 (English)",
    ],
}
_CITED = {"digits": (0, 2, 3), "letters": (1, 4), "characters": (1, 4)}


def card_of(name):
    """Return the card of a shipped file, with figures measured through `load_pretrained`."""
    model = load_pretrained(name)
    text = dict(_TEXTS[name])
    measured = {part: figures(model, *sources) for part, sources in held_out(name).items()}
    return {
        "name": name,
        **text,
        "figures": measured,
        "licence": _COMMON["licence"],
        "citations": [_COMMON["citations"][i] for i in _CITED[name]],
        "command": f"training/make.sh {name}",
    }


def card_page(card):
    """Return a card as a page of documentation."""
    lines = [
        f"# {card['title']}",
        "",
        f"`skhcr.load_pretrained({card['name']!r})`: {card['classes']}.",
        "",
        "## Held-out figures",
        "",
        f"Measured through `load_pretrained` on what training never saw: {card['held_out']}.",
        "ECE is the expected calibration error, of 15 bins; what is behind it, a perfectly "
        "calibrated model has on as few images by chance.",
        "",
        "| part | images | accuracy | case-insensitive | top 2 | ECE | by chance |",
        "|---|---|---|---|---|---|---|",
    ]
    for part, found in card["figures"].items():
        lines.append(
            f"| {part} | {found['n_samples']:,} | {found['accuracy']:.2%} "
            f"| {found['case_insensitive']:.2%} | {found['top_2']:.2%} "
            f"| {found['calibration_error']:.2%} | {found['calibration_error_by_chance']:.2%} |"
        )
    lines += ["", "Most frequent confusions, true → predicted:", ""]
    for part, found in card["figures"].items():
        pairs = ", ".join(f"{true} → {read} ({n})" for true, read, n in found["confusions"])
        lines.append(f"- {part}: {pairs or 'none'}")
    lines += ["", "## Training data", ""]
    lines += [f"- {line}" for line in card["training_data"]]
    lines += ["", "## Limits", ""]
    lines += [f"- {line}" for line in card["limits"]]
    lines += ["", "## Licence and sources", "", card["licence"], ""]
    lines += [f"- {line}" for line in card["citations"]]
    lines += ["", "## To make it again", "", "```bash", card["command"], "```", ""]
    return "\n".join(lines)
