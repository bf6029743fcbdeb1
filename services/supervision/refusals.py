"""What people are told when supervision cannot do what they ask: one table for programs and pages."""

from __future__ import annotations

from shared.web.commands import Refusals
from shared.web.problems import Words

_NO_URGE = (
    404,
    Words("没有找到这次催办", "No such urge"),
    Words("没有这次催办，或者它不是发给您的部门的；请核对编号。", "No such urge, or not addressed to your department."),
)

REFUSALS: Refusals = {
    "no_such_application": (
        404,
        Words("没有找到这份申请", "No such application"),
        Words(
            "没有这份申请，或者您不能查看它；请核对编号。如刚刚提交，请稍候再试。",
            "No such application, or not yours to see. If it is new, try again shortly.",
        ),
    ),
    "no_such_case": (
        404,
        Words("没有找到这个办件", "No such case"),
        Words("没有这个办件，或者您不能查看它；请核对办件编号。", "No such case, or not yours to see."),
    ),
    "no_such_urge": _NO_URGE,
    "no_such_seal": (
        404,
        Words("这一天没有封签", "This day was not sealed"),
        Words("当天的封签在次日零点半以后；请看 /seals 中有哪些天。", "A day is sealed after midnight; see /seals."),
    ),
    "not_in_seal": (
        404,
        Words("这一天的封签里没有这份申请", "The application is not in this seal"),
        Words("它在那两天没有新记录；请换成它有新记录的日期。", "It had no new entries then: name another day."),
    ),
    "no_such_key": (
        404,
        Words("没有这把公钥", "No such key"),
        Words("请从 /.well-known/onedoor-audit-keys.json 中选择。", "Choose from the published key set."),
    ),
    "case_ended": (
        409,
        Words("办件已经办结，不用催了", "The case has ended"),
        Words("请刷新页面，看看它是怎样结束的。", "Reload the page to see how it ended."),
    ),
    "no_running_clock": (
        409,
        Words("这个办件还没有开始计时", "No clock runs for this case"),
        Words("它在等前面的事项办完；请催前面的事项。", "It waits for another case: urge that one."),
    ),
    "clock_paused": (
        409,
        Words("正在等申请人，计时已暂停", "The applicant is waited for"),
        Words(
            "申请人交来补正材料以后才会继续计时，现在不用催部门。", "The clock stands still until the applicant acts."
        ),
    ),
    "nobody_known": (
        409,
        Words("还不知道这个办件由哪个部门承办", "It is not known yet whose case this is"),
        Words("受理的消息还在路上；请稍后再催。", "Its acceptance is on its way: try again in a moment."),
    ),
    "not_concerned": (
        422,
        Words("有部门不承办这个办件", "A department has no part in this case"),
        Words("请只选承办这个办件的部门。", "Choose from the departments of the case."),
    ),
    "no_such_signal": (
        404,
        Words("没有这个监察信号", "No such signal"),
        Words("请从申请的监察信号页面选择。", "Choose it on the page of the application's signals."),
    ),
    "signal_closed": (
        409,
        Words("这个监察信号已经办结", "The signal is closed"),
        Words("每个信号办结一次；有新情况请另外发出。", "Each is closed once; raise another for what is new."),
    ),
    "not_by_hand": (
        422,
        Words("这种信号由系统自动发出", "Signals of this kind raise themselves"),
        Words("请选择可以人工发出的种类。", "Choose a kind that is raised by hand."),
    ),
    "too_many_signals": (
        409,
        Words("这份申请已经有 50 个监察信号", "Fifty signals already"),
        Words("请先办结已有的信号，并直接联系部门负责人。", "Close those, and speak to the head of the department."),
    ),
    "too_many_urges": (
        409,
        Words("这份申请已经催办 20 次", "Urged twenty times already"),
        Words("再催也没有用，请直接找部门负责人。", "Speak to the head of the department instead."),
    ),
    "no_answer_asked": (
        422,
        Words("这一级不要部门答复", "No answer is asked for on this rung"),
        Words(
            "提醒不用答复；约谈和问责移送由监管人员记录结果。请不填答复日期。",
            "A reminder needs none; of a talk or a referral a supervisor records what came of it. Name no day.",
        ),
    ),
    "nothing_to_record": (
        422,
        Words("这一级没有要记录的结果", "Nothing to record on this rung"),
        Words("只有约谈和问责移送才记录结果。", "Only of a talk or a referral is recorded what came of it."),
    ),
    "already_recorded": (
        409,
        Words("这一项结果已经记录过", "Recorded already"),
        Words("每一项结果记录一次；请刷新页面查看。", "Each outcome is recorded once; reload the page to see it."),
    ),
    "already_closed": (
        409,
        Words("已经了结", "Closed already"),
        Words("了结以后不再记录；需要时另发一次。", "Nothing is recorded after that; issue another if needed."),
    ),
    "day_ahead": (
        422,
        Words("日期还没有到", "The day has not come yet"),
        Words("请填实际进行的那一天。", "Enter the day on which it was done."),
    ),
    "reply_by_past": (
        422,
        Words("答复期限已经过去", "The day for the answer has passed"),
        Words("请选今天或以后的日期，也可以不填。", "Choose today or a later day, or leave it out."),
    ),
    "reply_by_far": (
        422,
        Words("答复期限太远", "The day for the answer is too far away"),
        Words(
            "在此之前不会再次催办；请选 60 天之内的日期，也可以不填。",
            "Nobody is urged again before it; choose a day within 60 days, or leave it out.",
        ),
    ),
    "already_answered": (
        409,
        Words("您的部门已经答复过", "Your department has answered"),
        Words("每次催办每个部门答复一次；请刷新页面查看。", "Each department answers once; reload the page to see it."),
    ),
    "no_calendar_yet": (
        503,
        Words("日历还没有准备好", "The calendar is not ready yet"),
        Words("系统正在启动，请稍候再试。", "The service is starting: try again shortly."),
    ),
    "no_such_version": (
        404,
        Words("没有这一版日历", "No such version of the calendar"),
        Words("请从日历页面选择。", "Choose one on the calendar's page."),
    ),
    "calendar_moved_on": (
        409,
        Words("日历刚刚更新过", "The calendar has just moved on"),
        Words("请重新预览，再决定是否公布。", "Preview the notice again before publishing it."),
    ),
    "nothing_changes": (
        409,
        Words("这份放假安排已经在现行日历里", "This notice is in force already"),
        Words("内容一字不差，不用再公布。", "Its text is the same: nothing needs to be done."),
    ),
    "older_base": (
        409,
        Words("部署的日历比现行的旧", "The deployment knows less than the calendar in force"),
        Words("现行的日历不变。", "The calendar in force stays."),
    ),
    "too_many_versions": (
        409,
        Words("日历已经有 300 版", "The calendar has 300 versions"),
        Words("请联系系统管理员。", "Ask the maintainers."),
    ),
    "text_needed": (
        422,
        Words("还没有写内容", "The text is missing"),
        Words("请写明要求或情况，一两句话即可。", "One or two sentences will do."),
    ),
    "text_too_long": (
        422,
        Words("内容太长", "The text is too long"),
        Words("最多 500 个字，请删短一些。", "At most 500 characters."),
    ),
    "personal_data": (
        422,
        Words("内容中有身份证号或电话号码", "Personal data in the text"),
        Words("请删去号码，写明是哪件事即可（个人信息保护法第六条）。", "Remove the number; name the matter instead."),
    ),
}
