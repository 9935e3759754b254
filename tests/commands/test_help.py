"""What somebody types who does not know the words yet."""

import pytest

from samen import __main__


@pytest.mark.parametrize("word", ["help", "--help"])
def test_help_names_every_verb(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        __main__.main([word])

    shown = capsys.readouterr().out
    assert end.value.code == 0
    assert {"backup", "demo", "restore", "worker"} <= set(shown.split())
