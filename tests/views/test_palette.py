from views import palette


def test_the_four_standard_labels_have_their_hue_under_every_usual_name():
    assert palette.css_class("PER") == palette.css_class("person") == "label-per"
    assert palette.css_class("GPE") == palette.css_class("LOC") == "label-loc"


def test_an_unknown_label_always_gets_the_same_colour_of_the_style_sheet():
    from views.resources import ASSETS

    sheet = (ASSETS / "tokens.css").read_text("utf-8")
    for label in ("DATE", "ציוד", "<b>", ""):
        assert f".{palette.css_class(label)} {{" in sheet
        assert palette.css_class(label) == palette.css_class(label)


def test_keys_are_letters_of_the_standard_labels_then_digits_and_never_repeat():
    labels = ["PER", "ORG", "LOC", "MISC", *(f"X{number}" for number in range(12))]
    keys = palette.label_keys(labels)
    assert [keys[label] for label in labels[:5]] == ["P", "O", "L", "M", "1"]
    given = [key for key in keys.values() if key]
    assert len(given) == len(set(given)) == 13
