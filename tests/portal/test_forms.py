"""How a form is drawn: label, hint, error, control; and a summary that leads to the fields."""

from django import forms


class Visit(forms.Form):
    """One field of each kind."""

    family = forms.CharField(label="Family name", help_text="As on the card.", error_messages={"required": "Enter the name"})
    middle = forms.CharField(label="Middle name", required=False)
    mode = forms.ChoiceField(label="How", choices=[("o", "Office"), ("v", "Video")], widget=forms.RadioSelect)
    voicemail = forms.BooleanField(label="Voicemail", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def drawn(data=None):
    return str(Visit(data))


def test_a_new_form_has_no_summary():
    assert "There is a problem" not in drawn()


def test_label_hint_error_and_control_stand_in_this_order():
    page = drawn({"mode": "o", "version": 1})
    field = page[page.index('<div class="field bad">') :]

    places = [field.index(part) for part in ("<label", "As on the card.", 'id="id_family_error"', "<input")]
    assert places == sorted(places)


def test_the_control_names_hint_and_error():
    assert 'aria-describedby="id_family_helptext id_family_error"' in drawn({})


def test_the_summary_leads_to_each_field_and_the_first_of_a_group():
    page = drawn({"version": 1})

    assert '<a href="#id_family">Enter the name</a>' in page
    assert '<a href="#id_mode_0">' in page


def test_an_error_of_a_hidden_field_is_said():
    assert "<li>This field is required.</li>" in drawn({"family": "Diaz", "mode": "o"})


def test_choices_are_a_group_with_a_legend():
    assert "<legend>How</legend>" in drawn()


def test_optional_is_marked_and_required_is_not():
    page = drawn()

    assert 'Middle name <span class="optional">(optional)</span>' in page
    assert ">Family name</label>" in page


def test_a_tick_stands_before_its_words():
    page = drawn()

    assert page.index('id="id_voicemail"') < page.index('<label for="id_voicemail">Voicemail</label>')


def test_what_was_typed_is_escaped():
    assert "&lt;b&gt;" in drawn({"family": "<b>", "version": 1})
