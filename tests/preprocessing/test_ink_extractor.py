import cv2
import numpy as np
import pytest
from sklearn.datasets import load_digits as load_small_digits

from skhcr.datasets import load_characters, load_digits
from skhcr.preprocessing import InkExtractor

SIDE = 160
NOISE = np.random.RandomState(0).normal(0, 2, (SIDE, SIDE))
Y, X = np.mgrid[:SIDE, :SIDE]


@pytest.fixture(scope="module")
def characters():
    """One real image of each of the 62 characters, 28 x 28, by its name."""
    data = load_characters()
    return {name: data.images[data.target == name][0] for name in data.target_names}


def draw(character, paper=225, ink=40, frame=112):
    """Draw a character in the middle of a sheet of noisy paper, float64."""
    large = cv2.resize(character, (frame, frame), interpolation=cv2.INTER_CUBIC) / 255
    sheet = np.full((SIDE, SIDE), float(paper))
    edge = (SIDE - frame) // 2
    sheet[edge : edge + frame, edge : edge + frame] -= large * (paper - ink)
    return sheet + NOISE


def to_picture(sheet):
    return np.clip(sheet, 0, 255).astype(np.uint8)


def extract(picture, **parameters):
    return InkExtractor(**parameters).transform([picture])[0]


def mask(ink):
    return ink > 127


def overlap(ink, expected):
    """Return the Jaccard index of two pictures of ink."""
    return (mask(ink) & mask(expected)).sum() / (mask(ink) | mask(expected)).sum()


@pytest.mark.parametrize("load", [load_digits, load_characters])
def test_clean_images_pass_almost_unchanged(load):
    images = load().images[:300]
    ink = InkExtractor().fit_transform(images)
    assert ink.shape == images.shape
    assert ink.dtype == np.uint8
    change = np.abs(ink.astype(int) - images).mean(axis=(1, 2)) / 255
    assert change.mean() < 0.005
    assert change.max() < 0.03


def test_polarity_does_not_matter():
    images = load_digits().images[:50]
    np.testing.assert_array_equal(
        InkExtractor().transform(255 - images), InkExtractor().transform(images)
    )
    for polarity, batch in (("light", images), ("dark", 255 - images)):
        np.testing.assert_array_equal(
            InkExtractor(polarity).transform(batch), InkExtractor().transform(images)
        )


@pytest.mark.parametrize(
    "name",
    [
        "dark on light", "half size, anywhere", "wide sheet", "shadow gradient",
        "hard-edged shadow", "grey paper", "low-contrast pencil", "ruled lines", "squared paper",
        "box", "Gaussian noise", "salt and pepper", "motion blur", "thick strokes", "thin strokes",
        "neighbours at the edge",
    ],
)  # fmt: skip
def test_ink_is_what_was_drawn(name, scenes, characters):
    """The scene with next to no harm done to it says what the ink is."""
    drawn = np.stack([characters[c] for c in "0123456789ABDHRTegk"])
    sources = scenes.CONDITIONS[name](drawn)
    ink = InkExtractor().transform(sources)
    if sources[0].shape == (112, 112) and name not in ("thin strokes", "thick strokes"):
        expected = [cv2.resize(c, (112, 112), interpolation=cv2.INTER_CUBIC) for c in drawn]
        overlaps = [overlap(*pair) for pair in zip(ink, expected, strict=True)]
        assert np.median(overlaps) > 0.7
        assert min(overlaps) > 0.55
    assert all(1 < 100 * mask(i).mean() < 45 for i in ink)
    for picture in ink:
        height, width = picture.shape
        assert mask(picture)[[0, -1]].mean() + mask(picture)[:, [0, -1]].mean() == 0 or (
            min(height, width) == 28  # where a small character was put at the border
        )


@pytest.mark.parametrize("paper", [255, 225, 120, 60])
@pytest.mark.parametrize("share", [0.15, 0.5, 0.95])
def test_faint_and_dark_ink_both_survive(paper, share, characters):
    for name in "3Rk":
        ink = extract(to_picture(draw(characters[name], paper, paper * (1 - share))))
        assert overlap(ink, extract(to_picture(draw(characters[name])))) > 0.8
        assert ink.max() == 255


def test_grey_edges_are_kept(characters):
    ink = extract(to_picture(draw(characters["S"])))
    assert ((ink > 40) & (ink < 215)).sum() > 0.1 * mask(ink).sum()


def shadow(where, depth=0.5, softness=2):
    return 1 - depth * cv2.GaussianBlur(where.astype(np.float32), (0, 0), softness)


SHADOWS = {
    "gradient": 1 - 0.6 * X / SIDE,
    "vignette": 1 - 0.3 * ((Y - 80) ** 2 + (X - 80) ** 2) / 80**2,
    "edge": shadow(X + Y / 2 > 110),
    "sharp edge": np.where(X + Y / 2 > 110, 0.5, 1),
    "round": shadow((Y - 170) ** 2 + (X - 20) ** 2 < 110**2),
    "waves": 1 + 0.05 * np.sin(X / 9 + Y / 23) + 0.05 * np.sin(Y / 7 - X / 31),
}
LINES = {
    "ruled": np.where((Y + 12) % 26 < 2, 0.6, 1),
    "squared": np.where(((X + 5) % 25 < 2) | ((Y + 9) % 25 < 2), 0.7, 1),
    "lines at the border": np.where((X % 25 < 2) | (Y % 25 < 2), 0.7, 1),
    "tilted": np.where((Y + X * 0.05) % 30 < 2, 0.6, 1),
    "margin": np.where(np.abs(X - 14 - Y / 80) < 1.5, 0.5, 1),
}


@pytest.mark.parametrize("light", {**SHADOWS, **LINES}.values(), ids={**SHADOWS, **LINES})
def test_shadows_and_lines_are_no_ink(light, characters):
    for name in "5Kg":
        clean = draw(characters[name])
        ink = extract(to_picture(clean * light))
        assert overlap(ink, extract(to_picture(clean))) > 0.8
    if light is not LINES["margin"]:  # one line alone may be a character
        assert extract(to_picture((225 + NOISE) * light)).max() == 0


def u_box(sheet, ink=40):
    points = np.array([[12, 4], [12, 152], [148, 152], [148, 4]])
    return cv2.polylines(sheet, [points], isClosed=False, color=ink, thickness=3)


PIECES = {
    "box": lambda sheet: cv2.rectangle(sheet, (14, 8), (146, 152), 40, 3),
    "open box": u_box,
    "corner": lambda sheet: cv2.line(
        cv2.line(sheet, (8, 6), (8, 150), 40, 3), (8, 150), (150, 150), 40, 3
    ),
    "cell of a row": lambda sheet: cv2.polylines(
        cv2.rectangle(sheet, (-9, 3), (170, 155), 60, 2),
        [np.array([[8, 3], [8, 155]]), np.array([[152, 3], [152, 155]])],
        False,
        60,
        2,
    ),
    "circle": lambda sheet: cv2.circle(sheet, (80, 80), 75, 40, 3),
    "underline": lambda sheet: cv2.line(sheet, (6, 152), (154, 152), 40, 3),
    "specks": lambda sheet: cv2.circle(cv2.circle(sheet, (9, 9), 2, 30, -1), (150, 80), 2, 0),
    "at the border": lambda sheet: cv2.circle(sheet, (158, 30), 12, 40, 6),
    "frame": lambda sheet: cv2.rectangle(sheet, (0, 0), (159, 159), 30, 9),
    "in a corner": lambda sheet: cv2.circle(sheet, (2, 157), 5, 0, -1),
}


@pytest.mark.parametrize("add", PIECES.values(), ids=PIECES)
def test_what_is_not_the_character_is_dropped(add, characters):
    for character in "0BDRg":
        clean = extract(to_picture(draw(characters[character])))
        ink = extract(to_picture(add(draw(characters[character]).astype(np.float32))))
        assert overlap(ink, clean) > 0.85
        faint = add(draw(characters[character], ink=180).astype(np.float32))
        assert overlap(extract(to_picture(faint)), clean) > 0.8


@pytest.mark.parametrize("level", [40, 100])
def test_lines_as_wide_as_the_pen(level, characters):
    for character in "25Ag":
        large = cv2.resize(characters[character], (112, 112), interpolation=cv2.INTER_CUBIC)
        pen = cv2.erode(large, np.ones((5, 5), np.uint8))
        sheet = np.full((SIDE, SIDE), 225.0) + NOISE
        sheet[24:136, 24:136] -= pen * (185 / 255)
        clean = extract(to_picture(sheet))
        for y in (20, 56, 92, 128):
            cv2.line(sheet, (0, y), (SIDE, y), level, 3)
        assert overlap(extract(to_picture(sheet)), clean) > 0.6


def test_a_thick_pen_in_a_tight_box(characters):
    for character in "8BR":
        sheet = draw(cv2.dilate(characters[character], np.ones((2, 2))), frame=140)
        clean = extract(to_picture(sheet))
        rows, columns = (np.flatnonzero(mask(clean).any(axis=axis)) for axis in (1, 0))
        corners = (columns[0] - 5, rows[0] - 5), (columns[-1] + 5, rows[-1] + 5)
        ink = extract(
            to_picture(cv2.rectangle(sheet, *((int(x), int(y)) for x, y in corners), 40, 4))
        )
        assert overlap(ink, clean) > 0.8


def test_a_small_character_on_a_large_page(characters):
    page = np.full((900, 1200), 230, np.uint8)
    page = (page + np.random.RandomState(0).normal(0, 2, page.shape)).astype(np.uint8)
    character = cv2.resize(characters["4"], (56, 56)) > 127
    page[700:756, 300:356][character] = 40
    ink = mask(extract(page))
    assert ink[700:756, 300:356].sum() > 0.8 * character.sum()
    ink[690:766, 290:366] = False
    assert not ink.any()


def test_dropping_can_be_switched_off(characters):
    sheet = to_picture(cv2.rectangle(draw(characters["B"]), (14, 8), (146, 152), 40, 3))
    box = (slice(60, 90), slice(13, 17))
    assert mask(extract(sheet, remove_lines=False, remove_pieces=False))[box].any()
    assert not mask(extract(sheet))[box].any()


def test_a_sheet_on_a_dark_desk(characters):
    desk = 70 + np.random.RandomState(1).normal(0, 4, (220, 240))
    for character in "4Qt":
        for level in (desk, desk + 150):  # or a dark board on a light wall
            picture = level.copy()
            paper, ink = (225, 40) if level is desk else (60, 235)
            picture[20:180, 45:205] = draw(characters[character], paper, ink)
            ink = extract(to_picture(picture))
            assert (
                overlap(ink[20:180, 45:205], extract(to_picture(draw(characters[character])))) > 0.9
            )
            ink[20:180, 45:205] = 0
            assert ink.max() == 0


@pytest.mark.parametrize(("left", "bottom"), [(30, 0), (0, 40), (30, 40), (4, 3)])
def test_a_desk_on_one_side_or_two(left, bottom, characters):
    for character in "3Rt":
        sheet = draw(characters[character])
        clean = extract(to_picture(sheet))
        sheet = np.pad(sheet, ((0, bottom), (left, 0)), constant_values=30)
        ink = extract(to_picture(sheet))
        assert overlap(ink[:SIDE, left:], clean) > 0.9
        ink[:SIDE, left:] = 0
        assert ink.max() == 0


def test_the_dot_of_an_i_stays(characters):
    sheet = np.full((SIDE, SIDE), 220.0) + NOISE
    sheet[60:130, 74:84] = 40
    cv2.circle(sheet, (79, 40), 7, 40, -1)
    ink = mask(extract(to_picture(sheet)))
    assert ink[36:44, 75:83].all()
    assert ink[70:120, 76:82].all()


@pytest.mark.parametrize("character", list("01DEHILTZilt"))
def test_a_picture_cut_close_is_not_taken_for_lines(character, characters):
    sheet = to_picture(draw(characters[character]))
    whole = mask(extract(sheet))
    rows, columns = (np.flatnonzero(whole.any(axis=axis)) for axis in (1, 0))
    cut = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert overlap(extract(sheet[cut]), 255 * whole[cut].astype(np.uint8)) > 0.8


def test_a_lit_part_is_no_sheet(characters):
    """A stroke of the 7 and the edge of a shadow cut a quadrangle out of the lit paper."""
    sheet = np.full((112, 112), 225.0) + NOISE[:112, :112]
    cv2.polylines(sheet, [np.array([[18, 36], [92, 36], [80, 111]])], False, 40, 9)
    lit = shadow(Y[:112, :112] < 50 + X[:112, :112] / 6)
    ink = extract(to_picture(sheet * lit))
    assert overlap(ink, extract(to_picture(sheet))) > 0.8


EMPTY = {
    "white": np.full((100, 100), 255),
    "black": np.zeros((100, 100)),
    "grey": np.full((28, 28), 99),
    "small noise": 200 + 5 * NOISE[:28, :28],
    "noise": 200 + 12 * NOISE,
    "dark noise": 20 + NOISE,
    "pepper": np.where(np.random.RandomState(0).rand(SIDE, SIDE) < 0.03, 0, 225),
    "texture": 220 + cv2.GaussianBlur(30 * NOISE, (0, 0), 2),
    "one line": cv2.line(225 + NOISE, (0, 100), (159, 103), 90, 2),
    "two lines": cv2.line(cv2.line(225 + NOISE, (0, 50), (159, 50), 90, 2), (0, 90), (159, 90), 90),
    "lines, one half outside": np.where((Y + X * 0.03 + 22) % 26 < 2, 90, 225) + NOISE,
    "black edge": np.where(X < 4, 10, 225) + NOISE,
    "sheet on a desk": cv2.rectangle(70 + NOISE, (20, 15), (140, 139), 225, -1),
    "box": cv2.rectangle(225 + NOISE, (20, 30), (140, 130), 40, 3),
    "one pixel": np.full((1, 1), 7),
    "one row": np.full((1, 10_000), 200),
    "one column": np.full((10_000, 1), 200),
}


@pytest.mark.parametrize("sheet", EMPTY.values(), ids=EMPTY)
def test_empty_paper_has_no_ink(sheet):
    assert extract(to_picture(sheet)).max() == 0


def test_empty_paper_from_a_jpeg():
    sheet = to_picture(np.linspace(150, 230, SIDE) + 2 * NOISE)
    _, data = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 20])
    assert extract(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)).max() == 0


def test_colours(characters):
    stroke = draw(characters["Q"])[..., np.newaxis] < 130
    grey = extract(to_picture(draw(characters["Q"])))
    for ink, paper in [
        ((200, 40, 0), (0, 142, 0)),  # equally light
        ((255, 255, 60), (255, 255, 255)),
        ((20, 30, 140), (250, 230, 170)),
        ((240, 230, 120), (30, 60, 50)),
    ]:
        picture = np.where(stroke, ink, paper).astype(np.uint8)
        assert overlap(extract(picture), grey) > 0.9
        opaque = np.dstack([picture, np.full((SIDE, SIDE), 255, np.uint8)])
        np.testing.assert_array_equal(extract(opaque), extract(picture))


def test_all_forms_of_pictures_give_the_same_ink():
    images = load_digits().images[:5]
    ink = InkExtractor().transform(images)
    rows = InkExtractor().fit_transform(images.reshape(5, -1))
    assert rows.shape == (5, 784)
    np.testing.assert_array_equal(rows.reshape(ink.shape), ink)
    for form in (
        list(images), images[..., np.newaxis], np.repeat(images[..., np.newaxis], 3, axis=3),
        images / 255, images.astype(np.float32), images.astype(np.uint16) * 257,
        np.asfortranarray(images),
    ):  # fmt: skip
        np.testing.assert_array_equal(np.stack(InkExtractor().transform(form)), ink)
    wide = images[:, :14]
    extractor = InkExtractor(image_shape=(14, 28))
    assert extractor.transform(wide.reshape(5, -1)).shape == (5, 14, 28)
    np.testing.assert_array_equal(
        extractor.transform(wide.reshape(5, -1)), InkExtractor().transform(wide)
    )


def test_a_picture_out_of_range_is_named(characters):
    sheet = np.zeros((20, 30), np.float32)
    with pytest.raises(ValueError, match=r"X\[2\]: Pixels .* lie in \[300, 300\]"):
        InkExtractor().fit([characters["5"], sheet, np.full_like(sheet, 300)])


def test_a_list_keeps_its_sizes(characters):
    sheet = to_picture(draw(characters["5"]))
    ink = InkExtractor().fit_transform([sheet, sheet[:, 20:140], characters["5"]])
    assert [i.shape for i in ink] == [(160, 160), (160, 120), (28, 28)]


def test_pictures_are_not_changed(characters):
    sheet = to_picture(draw(characters["5"]) * SHADOWS["edge"] * LINES["ruled"])
    sheet.flags.writeable = False
    extract(sheet)


def test_tiny_pictures_work():
    small = load_small_digits().images[:20]
    ink = InkExtractor().fit_transform(small * 255 / 16)
    assert ink.shape == (20, 8, 8)
    assert (ink.max(axis=(1, 2)) > 200).all()
    for shape in ((1, 1), (1, 50), (2, 2), (3, 3), (5, 400), (2, 5000)):
        picture = np.random.RandomState(0).randint(0, 256, (*shape, 3)).astype(np.uint8)
        assert extract(picture[..., 0]).shape == shape
        assert extract(picture).shape == shape


def test_stages_show_the_way(characters):
    sheet = to_picture(draw(characters["7"]) * SHADOWS["edge"] * LINES["ruled"])
    stages = InkExtractor().stages(sheet)
    assert list(stages) == ["grey", "paper", "contrast", "no lines", "ink"]
    assert all(stage.shape == sheet.shape for stage in stages.values())
    assert all(stage.dtype == np.uint8 for stage in stages.values())
    np.testing.assert_array_equal(stages["ink"], extract(sheet))
    assert abs(stages["paper"].astype(int) - to_picture(225 * SHADOWS["edge"])).mean() < 8
    assert mask(stages["contrast"]).sum() > mask(stages["no lines"]).sum()
    assert list(InkExtractor().stages(characters["7"])) == list(stages)
    assert InkExtractor().stages(np.full((50, 60), 230, np.uint8))["ink"].max() == 0
    for not_one in ([sheet], "7.png", sheet[0]):
        with pytest.raises(ValueError, match="expected one array"):
            InkExtractor().stages(not_one)
    assert "no lines" not in InkExtractor(remove_lines=False).stages(sheet)


def test_names(characters):
    images = load_digits().images[:2]
    names = InkExtractor().fit(images).get_feature_names_out()
    assert len(names) == 784
    assert names[29] == "pixel_1_1"
    with pytest.raises(ValueError, match="differ in size"):
        InkExtractor().fit([images[0], images[1][:20]]).get_feature_names_out()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"polarity": "black"}, "'polarity' parameter"),
        ({"min_contrast": 0}, "'min_contrast' parameter"),
        ({"image_shape": (3, -1)}, "image_shape"),
    ],
)
def test_parameters_are_checked(parameters, message):
    for method in (InkExtractor(**parameters).fit, InkExtractor(**parameters).transform):
        with pytest.raises(ValueError, match=message):
            method(np.zeros((2, 9)))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.full((1, 5, 5), -1.0), "Negative values"),
        (np.full((1, 5, 5), 300.0), r"expected \[0, 1\] or \[0, 255\]"),
        (np.full((1, 5, 5), np.nan), "NaN"),
        (np.zeros((1, 5, 5, 2)), "2 channels"),
    ],
)
def test_bad_pictures_are_named(X, message):
    with pytest.raises(ValueError, match=message):
        InkExtractor().transform(X)
