"""Every word a person may read is there in Chinese, and the compiled words are those of the list."""

from babel.messages.mofile import read_mo

from deploy import words


def test_no_text_of_pages_templates_scripts_or_refusals_is_missing() -> None:
    assert len(words.said()) > 600, "the texts were looked for in the wrong place"
    assert not words.missing(), "fill them in: make words"


def test_the_compiled_words_are_those_of_the_list() -> None:
    with words.LIST.with_suffix(".mo").open("rb") as file:
        compiled = {str(m.id): str(m.string) for m in read_mo(file) if m.id}
    assert compiled == {text: chinese for text, chinese in words.known().items() if chinese}
