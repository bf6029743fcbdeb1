"""Which urge waits for which department is kept beside the cases, until the last of them has answered."""

from tests.unit.approval.sample import APP, CASE, TOGETHER, accepted, agrees, answered, closed, story, urged


def waiting(told, department, case=CASE):
    return [urge.number for urge in told.state.urges_of(case, department)]


def test_an_urge_waits_for_each_department_that_it_names_and_says_what_is_asked():
    told = story(accepted(*TOGETHER)).when(urged(1, "wjj", "xfdd"))
    told.then()
    (urge,) = told.state.urges_of(CASE, "xfdd")
    assert (urge.number, urge.text, str(urge.reply_by)) == (1, "请说明第 1 次", "2026-03-05")
    assert waiting(told, "wjj") == [1]
    assert waiting(told, "cgj") == []
    assert waiting(told, "xfdd", f"{APP}-02") == []


def test_an_answer_ends_the_waiting_for_its_own_department_and_its_own_urge_alone():
    told = story(accepted(*TOGETHER), urged(1, "wjj", "xfdd"), urged(2, "xfdd"), answered(1, "xfdd"))
    assert (waiting(told, "xfdd"), waiting(told, "wjj")) == ([2], [1])


def test_of_what_everybody_has_answered_nothing_is_kept():
    before = story(accepted(*TOGETHER))
    after = before.given(urged(1, "wjj", "xfdd"), answered(1, "xfdd"), answered(1, "wjj"))
    assert after.state == before.state


def test_an_urge_that_is_heard_of_before_its_case_waits_for_it():
    assert story(urged(1, "xfdd"), accepted(*TOGETHER)).state == story(accepted(*TOGETHER), urged(1, "xfdd")).state


def test_an_answer_to_what_was_never_heard_changes_nothing():
    told = story(accepted(*TOGETHER))
    assert told.given(answered(1, "xfdd")).state == told.state
    assert story(answered(1, "xfdd")).state is None


def test_an_urge_decides_nothing_and_waits_for_nobody_once_its_case_has_ended():
    told = story(accepted(), urged(1, "scjg")).when(agrees(1, "scjg"))
    assert [type(event).__name__ for event in told.last.events] == ["OpinionGiven", "CaseApproved"]
    ended = story(accepted(), urged(1, "scjg"), closed())
    assert waiting(ended, "scjg") == []
    assert ended.given(answered(1, "scjg")).state.urges == (), "answered late, and kept no longer"
