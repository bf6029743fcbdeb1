"""Comments: harmless on the way in, and without numbers that belong to somebody where the public reads them."""

import pytest

from services.ratings.comments import clean, masked


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  很\r\n方便\t！ ", "很 方便 ！"),
        ("退\u202e款\u200b了\x00\x1b[31m", "退款了[31m"),
        ("坏\ud800字", "坏字"),
        (" \n\u200b ", None),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{7*7}} $where 👍", "{{7*7}} $where 👍"),
    ],
)
def test_only_visible_characters_stay(raw, kept):
    assert clean(raw) == kept


def test_a_text_far_too_long_is_left_to_the_length_check():
    assert clean("\x00" * 1001) == "\x00" * 1001


@pytest.mark.parametrize(
    "private",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "138 - 0000 - 1234",
        "１３８００００１２３４",
        "0556-8000123",
        "11000019900101001X",
        "110000 19900101 001x",
        "6222 0000 0000 0000 000",
        "yangli.a+b@example.org.cn",
    ],
)
def test_telephones_identity_and_card_numbers_and_mail_addresses_are_hidden(private):
    assert masked(f"请联系{private}，谢谢") == "请联系＊＊＊，谢谢"


@pytest.mark.parametrize("plain", ["跑了3次", "2026-03-02来的", "窗口12号，等了45分钟", "花费300.50元"])
def test_other_numbers_stay(plain):
    assert masked(plain) == plain
