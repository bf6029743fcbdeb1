"""What people are told when approval says no: one table of refusals, in both languages."""

from __future__ import annotations

from typing import Literal

from shared.kernel import Refused
from shared.web.commands import Refusals, refusal
from shared.web.problems import FieldError, Problem, Words

_NO_TASK = (
    404,
    Words("没有找到这项任务", "No such task"),
    Words("没有这项任务，或者它不属于您的部门；请核对任务编号。", "No such task, or not of your department."),
)

REFUSALS: Refusals = {
    "no_such_task": _NO_TASK,
    "not_your_task": _NO_TASK,  # another department's tasks are not to be told from none
    "no_such_case": (
        404,
        Words("没有找到这个办件", "No such case"),
        Words("没有这个办件，或者您不能查看它；请核对办件编号。", "No such case, or not yours to see."),
    ),
    "already_given": (
        409,
        Words("这项任务已经出具意见", "An opinion was given already"),
        Words(
            "每项任务只能出具一次意见；请打开任务查看已有的意见。", "Each task takes one opinion; open it to see that."
        ),
    ),
    "case_ended": (
        409,
        Words("办件已经办结或终止", "The case has ended"),
        Words("办件已经结束（例如申请人已撤回），无需再出具意见。", "The case has ended; no opinion is needed."),
    ),
    "not_open_yet": (
        409,
        Words("还没有轮到这个环节", "This step has not begun"),
        Words("前面的环节全部同意后才开始，请稍后再来。", "It begins when all earlier steps have agreed."),
    ),
    "taken_by_another": (
        409,
        Words("同事正在办这项任务", "A colleague has this task"),
        Words(
            "这项任务已由同事接手，等对方退回或由负责人转交后再办。",
            "A colleague has taken it: wait until it is handed back, or ask the head to reassign it.",
        ),
    ),
    "not_taken": (
        409,
        Words("这项任务没有人接", "Nobody has this task"),
        Words("没有人接的任务对全部门开放，不用退回。", "It is open to the whole department: nothing to hand back."),
    ),
    "head_only": (
        403,
        Words("只有部门负责人可以转交", "Only the head reassigns"),
        Words("请部门负责人转交，或把任务退回给本部门。", "Ask the head, or hand the task back to the department."),
    ),
    "nobody_named": (
        422,
        Words("请写明转交给谁", "Name an officer"),
        Words("请填写对方的登录账号。", "Enter the account of the officer who shall have it."),
    ),
    "own_deputy": (
        422,
        Words("B 角不能是本人", "Nobody stands in for oneself"),
        Words("请选另一位同事。", "Choose another colleague."),
    ),
    "too_many_deputies": (
        409,
        Words("B 角太多了", "Too many deputies"),
        Words("请先取消不再需要的。", "Take back those that are no longer needed."),
    ),
    "hand_back_reason_needed": (
        422,
        Words("请写明退回的原因", "A reason is needed"),
        Words("同事会看到原因，请写清卡在哪里。", "Colleagues see the reason: say what is in the way."),
    ),
    "reason_needed": (
        422,
        Words("请说明不同意的理由", "A reason is needed"),
        Words(
            "不同意须说明理由，理由会告知申请人。",
            "A disagreement needs its reason, which the applicant is told.",
        ),
    ),
    "procedure_open": (
        409,
        Words("特别程序还没有结束", "A procedure is not over yet"),
        Words(
            "特别程序的结果是审查意见的依据，请先结束它，再出具意见（行政许可法第四十五条）。",
            "The opinion rests on what the procedure yields: end it first (行政许可法 Art. 45).",
        ),
    ),
    "procedure_running": (
        409,
        Words("这种特别程序正在进行", "Such a procedure runs already"),
        Words("同一项任务里，同一种特别程序先结束一次，才能再启动。", "End the one that runs before another begins."),
    ),
    "too_many_procedures": (
        409,
        Words("特别程序太多了", "Too many procedures"),
        Words(
            "一个办件最多启动 20 次，不能再停止计时；请按已有的结果出具意见。",
            "A case has at most 20, and is stopped no more; give your opinion on what they have shown.",
        ),
    ),
    "planned_days_absurd": (
        422,
        Words("需要的天数不对", "The planned days cannot be"),
        Words(
            "请填写书面告知申请人的工作日数，1 到 120 天。",
            "Enter the working days that the applicant was told in writing, 1 to 120.",
        ),
    ),
    "notice_needed": (
        422,
        Words("请填写书面告知的文号", "The number of the written notice is needed"),
        Words(
            "没有书面告知申请人，就不能停止计时（行政许可法第四十五条）。",
            "Without a written notice to the applicant nothing is paused (行政许可法 Art. 45).",
        ),
    ),
    "procedure_reason_needed": (
        422,
        Words("请说明为什么需要特别程序", "Say why the procedure is needed"),
        Words("申请人会看到，请写明依据和要查清的问题。", "The applicant reads it: name its ground and its question."),
    ),
    "no_such_procedure": (
        404,
        Words("没有找到这个特别程序", "No such procedure"),
        Words("这项任务没有这个特别程序，请核对编号。", "This task has no such procedure; check its number."),
    ),
    "procedure_over": (
        409,
        Words("特别程序已经结束", "The procedure is over already"),
        Words("已经恢复计时，请打开任务看现在的期限。", "Time goes on already; open the task to see its limit."),
    ),
    "deciding_head_only": (
        403,
        Words("只有决定机关的负责人可以延长", "Only the head of the deciding body extends"),
        Words(
            "延长由作出决定的部门的负责人批准（行政许可法第四十二条）；经办人可以提出延期请示。",
            "The head of the body that decides approves it (行政许可法 Art. 42); an officer may ask for it.",
        ),
    ),
    "not_a_licence": (
        409,
        Words("这个事项不能延长", "The limit of this item is not extended"),
        Words(
            "行政许可法第四十二条只适用于行政许可；这个事项不是行政许可。",
            "行政许可法 Art. 42 is about licences, and this item is none.",
        ),
    ),
    "no_statutory_limit": (
        409,
        Words("没有法定期限可以延长", "There is no statutory limit to extend"),
        Words(
            "法律没有给这个事项规定期限；承诺的期限不能靠延长来推迟。",
            "The law sets none; a promise is not put off by an extension.",
        ),
    ),
    "special_limit": (
        409,
        Words("这个事项的法定期限由专门的法律规定", "A law of its own sets the limit of this item"),
        Words(
            "能不能延长、延长几天，由那部法律规定，不适用行政许可法第四十二条第一款的 10 天。"
            "请不要在这里登记，先向本部门的法制人员核实。",
            "Whether it may be extended, and how long, is that law's matter; the 10 days of 行政许可法 Art. 42(1) are "
            "not for it. Enter nothing here, and ask your department's legal staff.",
        ),
    ),
    "no_joint_limit": (
        409,
        Words("没有联办期限可以延长", "There is no joint limit to extend"),
        Words("这份申请不是联合办理。", "The application is not decided jointly."),
    ),
    "already_extended": (
        409,
        Words("已经延长过一次", "It was extended already"),
        Words("法律只允许延长一次。", "The law allows one extension (行政许可法 Art. 42)."),
    ),
    "limit_passed": (
        409,
        Words("期限已经过了", "The limit has passed"),
        Words(
            "延长要在法定期限届满以前批准；已经超期的，请尽快办结并公开说明原因。",
            "It is extended before it passes; decide soon, and explain the delay in public.",
        ),
    ),
    "already_asked": (
        409,
        Words("已经有一份延期请示在等答复", "An extension was asked for already"),
        Words("等负责人答复以后再提。", "Wait for the head's answer."),
    ),
    "nothing_asked": (
        409,
        Words("没有等待答复的延期请示", "No request waits for an answer"),
        Words("可能已经答复过了，请重新打开任务。", "It may have been answered: open the task again."),
    ),
    "days_beyond_law": (
        422,
        Words("延长的天数不对", "The days are not within the law"),
        Words("最多延长 10 天（行政许可法第四十二条第一款）。", "At most 10 (行政许可法 Art. 42(1))."),
    ),
    "days_beyond_joint_law": (
        422,
        Words("延长的天数不对", "The days are not within the law"),
        Words("联办期限最多延长 15 天（行政许可法第四十二条第二款）。", "At most 15 (行政许可法 Art. 42(2))."),
    ),
    "extension_reason_needed": (
        422,
        Words("请写明理由", "A reason is needed"),
        Words(
            "延长的理由要告知申请人；不同意延长的理由，经办人会看到。",
            "The applicant is told why a limit is extended, the officer why it is not.",
        ),
    ),
    "approval_needed": (
        422,
        Words("请填写政府负责人批准的文号", "The number of the approval is needed"),
        Words(
            "联办期限由本级人民政府负责人批准延长（行政许可法第四十二条第二款）。",
            "The head of the government approves it (行政许可法 Art. 42(2)).",
        ),
    ),
    "personal_data": (
        422,
        Words("理由中有身份证号或电话号码", "Personal data in the reason"),
        Words(
            "请删去号码，写明是哪份材料即可（个人信息保护法第六条）。", "Remove the number; name the document instead."
        ),
    ),
}


def no_such(what: Literal["task", "case"]) -> Problem:
    """The 404 that is the same for somebody else's and for none."""
    return refusal(Refused(f"no_such_{what}"), REFUSALS)


def department_needed() -> Problem:
    """422: a list of all departments cannot be narrowed further."""
    return Problem(
        422,
        "invalid_input",
        Words("请写明部门", "Name a department"),
        Words("按灯、事项或经办人筛选时，请同时写明部门。", "To narrow by light, item or officer, name a department."),
        errors=[FieldError(field="query.department", reason="没有填写", fix="请填写部门编码，例如 xfdd")],
    )
