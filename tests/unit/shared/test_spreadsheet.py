"""A table as a file for spreadsheets: with BOM, quoted, and without formulas."""

import csv
import io

from shared.web.spreadsheet import spreadsheet


def test_a_table_opens_as_it_is_meant():
    answer = spreadsheet("在办件.csv", ["事项", "天"], [["食品经营许可，新办", -3], ['带"引号"\n换行', None]])
    assert bytes(answer.body).startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(bytes(answer.body).decode("utf-8-sig"), newline="")))
    assert rows == [["事项", "天"], ["食品经营许可，新办", "-3"], ['带"引号"\n换行', ""]]
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%9C%A8%E5%8A%9E%E4%BB%B6.csv"


def test_what_looks_like_a_formula_is_a_text():
    body = bytes(spreadsheet("x.csv", ["a"], [["=1+1"], ["+1"], ["-1"], ["@x"], ["1-1"]]).body).decode("utf-8-sig")
    assert body.split() == ["a", "'=1+1", "'+1", "'-1", "'@x", "1-1"]


def test_a_percentage_with_its_sign_is_a_number():
    body = bytes(spreadsheet("x.csv", ["a"], [["-25.0%"], ["+12.3%"], ["-25.0%+1"]]).body).decode("utf-8-sig")
    assert body.split() == ["a", "-25.0%", "+12.3%", "'-25.0%+1"]


def test_a_table_with_somebodys_own_things_is_not_kept():
    assert spreadsheet("x.csv", [], []).headers["cache-control"] == "no-store"
    assert spreadsheet("x.csv", [], [], private=False).headers["cache-control"] == "private, no-cache"


def test_full_width_signs_begin_formulas_too_where_chinese_is_typed():
    text = spreadsheet("t.csv", ["a"], [["＝1+1"], ["＠SUM(1)"], ["\n=1"], ["样例＝"]]).body.decode()
    assert "'＝1+1" in text
    assert "'＠SUM" in text
    assert "'\n=1" in text
    assert "'样例" not in text
