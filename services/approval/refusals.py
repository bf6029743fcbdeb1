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
