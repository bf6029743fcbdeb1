"""What people are told when intake says no: one table of refusals, and the answers that are not refusals."""

from __future__ import annotations

from shared.web.commands import Refusals
from shared.web.problems import FieldError, Problem, Words

NO_APPLICATION = (
    404,
    Words("没有找到这份申请", "No such application"),
    Words("没有这份申请，或者您不能查看它；请核对申请编号。", "No such application, or not yours to see."),
)

REFUSALS: Refusals = {
    "no_such_application": NO_APPLICATION,
    "no_such_case": (
        422,
        Words("没有这个办件", "No such case"),
        Words("cases 中列出的办件不属于这份申请；请核对办件编号。", "The cases named are not of this application."),
    ),
    "already_submitted": (
        409,
        Words("申请已经提交过", "Submitted already"),
        Words("这份申请已经提交，编号见 number；要另交一份请换一个 Idempotency-Key。", "Use a new key for a new one."),
    ),
    "already_received": (
        409,
        Words("申请已经受理或终止", "Received already"),
        Words("这份申请已经作出受理决定或已终止，请打开申请查看。", "It was received or closed; open it to see."),
    ),
    "supplement_outstanding": (
        409,
        Words("正在等待申请人补正", "A supplement is outstanding"),
        Words(
            "补正清单已经发出，申请人补齐后再受理；材料送到窗口的，可以由窗口代为补交。",
            "The list is out: accept when it has been answered, or hand in at the window what was brought.",
        ),
    ),
    "already_told_once": (
        409,
        Words("补正只能一次告知", "Told once already"),
        Words(
            "补正要求应当一次全部告知（行政许可法第三十二条第一款第四项）；补正后只能就首次清单上的材料再提要求。",
            "Everything is told once; after a supplement only what the first list named may be asked again.",
        ),
    ),
    "not_in_plan": (
        422,
        Words("不能要求清单以外的材料", "Not among the materials"),
        Words(
            "materials 中列出的材料不在一次告知单内，不得要求提交（行政许可法第三十一条）。",
            "The materials named are not in the notice and may not be demanded.",
        ),
    ),
    "empty_list": (
        422,
        Words("补正清单是空的", "The list is empty"),
        Words("请写明缺哪些材料、为什么。", "Name the materials and the reasons."),
    ),
    "nothing_asked": (
        409,
        Words("没有需要补正的材料", "Nothing was asked"),
        Words("这份申请目前没有待补正的清单，请打开申请查看办理状态。", "There is no open list; open it to see."),
    ),
    "still_missing": (
        422,
        Words("补正不完整", "The supplement is incomplete"),
        Words("materials 中列出的材料还没有补交，请一次补齐。", "The materials named are still missing."),
    ),
    "not_asked": (
        422,
        Words("交了没有要求的材料", "Not asked for"),
        Words("materials 中列出的材料不在补正清单内，请去掉后提交。", "The materials named were not asked for."),
    ),
    "nothing_to_replace": (
        422,
        Words("这份材料没有可以更换的", "Nothing to replace"),
        Words("这份材料没有交过，或者不用您交；请对照材料清单。", "It was not handed in, or need not be."),
    ),
    "asked_for": (
        409,
        Words("这份材料在补正清单上", "It is on the list"),
        Words("请在补正页面和清单上的其他材料一起补交。", "Hand it in together with what else the list names."),
    ),
    "too_many_replacements": (
        409,
        Words("更换次数太多", "Replaced too often"),
        Words("这份申请更换材料的次数已到上限，请带材料到窗口办理。", "Please bring the material to the window."),
    ),
    "already_ended": (
        409,
        Words("申请已经办结", "It has ended"),
        Words("已经办结的申请不能更正。", "What has ended is not corrected any more."),
    ),
    "nothing_to_correct": (
        422,
        Words("没有要更正的内容", "Nothing to correct"),
        Words("填写的和现在登记的一样，请至少改一项。", "What was entered equals what is there: change something."),
    ),
    "corrected_meanwhile": (
        409,
        Words("刚刚有人更正过", "Corrected meanwhile"),
        Words("在您填写期间，这份申请被另一人更正过；请重新打开，看清现在的内容再更正。", "Open it again and look."),
    ),
    "too_many_corrections": (
        409,
        Words("更正次数太多", "Corrected too often"),
        Words("这份申请的更正次数已到上限，请申请人撤回后重新提交。", "Withdraw it and submit it anew."),
    ),
    "identity_settled": (
        409,
        Words("受理后不能更正姓名和号码", "Settled by acceptance"),
        Words(
            "受理后审批和证照都按受理时的登记，只能更正联系电话；姓名、号码有误的，请撤回后重新申请。",
            "After acceptance only telephones are corrected: approval and licence carry the holder as accepted.",
        ),
    ),
    "signed_in_by_name": (
        409,
        Words("姓名和号码来自实名登录", "From the sign-in"),
        Words(
            "申请人网上实名登录提交，姓名和号码不是填写的，不能更正；可以更正联系电话。",
            "Name and code came with the applicant's sign-in; only the telephone was typed.",
        ),
    ),
    "withdraw_as_a_whole": (
        409,
        Words("受理前只能整体撤回", "Withdraw as a whole"),
        Words("申请还没有受理，只能整份撤回；请不要列出单个办件。", "Before acceptance leave out `cases`."),
    ),
    "nothing_to_withdraw": (
        409,
        Words("没有可以撤回的办件", "Nothing to withdraw"),
        Words("办件已经办结、终止，或者已经申请撤回。", "All have ended, or their withdrawal is asked for already."),
    ),
}


def tried_too_often(seconds: int) -> Problem:
    """429: the last four digits of a phone are not to be guessed."""
    minutes = -(-seconds // 60)
    detail = Words(
        f"这个编号连续查错多次，请 {minutes} 分钟后再试；也可以登录后在“我的”里查看，或者到窗口查询。",
        f"Too many wrong attempts for this number: try again in {minutes} minute(s), sign in, or ask at the window.",
    )
    title = Words("查错次数太多", "Too many wrong attempts")
    return Problem(429, "too_many_requests", title, detail, headers={"Retry-After": str(seconds)})


def uploaded_too_much(seconds: int) -> Problem:
    """429: more than one person uploads in a day."""
    hours = -(-seconds // 3600)
    detail = Words(
        f"今天上传的文件太多了，请 {hours} 小时后再传，或者把材料带到窗口；已经上传的都还在。",
        f"Too much was uploaded today: go on in {hours} hour(s), or bring it to the window. What was uploaded is kept.",
    )
    title = Words("上传的文件太多了", "Too many uploads")
    return Problem(429, "too_many_uploads", title, detail, headers={"Retry-After": str(seconds)})


def no_application() -> Problem:
    """404: there is none, or none for this asker; the two are not to be told apart."""
    status, title, detail = NO_APPLICATION
    return Problem(status, "no_such_application", title, detail)


def wrong_number(reason: str, fix: str) -> Problem:
    """422 for a number that cannot be one."""
    error = FieldError(field="number", reason=reason, fix=fix)
    return Problem(422, "wrong_number", Words("编号不对", "The number is wrong"), f"{reason}；{fix}。", errors=[error])


def key_required() -> Problem:
    """400: a creation without a key could be done twice."""
    error = FieldError(field="Idempotency-Key", reason="必须填写", fix="请为每份申请生成一个新的随机值，重试时不变")
    detail = Words(
        "请在请求头 Idempotency-Key 中给出一个随机值（8至64个字符），重试时保持不变，以免重复提交。",
        "Send a random Idempotency-Key header and repeat it when you try again.",
    )
    return Problem(400, "key_required", Words("缺少提交编号", "A key is required"), detail, errors=[error])


def nothing_sought() -> Problem:
    """422: an empty search."""
    fix = "请填写申请编号、申请人姓名（单位全称），或者电话后四位"
    error = FieldError(field="q", reason="没有填写要查找的内容", fix=fix)
    return Problem(
        422, "nothing_sought", Words("请填写要查找的内容", "Nothing to look for"), fix + "。", errors=[error]
    )


def no_file() -> Problem:
    """404: there is no such file, or none for this asker."""
    title = Words("没有找到这个文件", "No such file")
    detail = Words("没有这个文件，或者您不能查看它。", "No such file, or not yours to see.")
    return Problem(404, "no_such_file", title, detail)


def no_matter(key: str) -> Problem:
    """404 for a key that the catalogue does not have."""
    title = Words("没有这个事项", "No such matter")
    detail = Words(f"没有编号为“{key}”的事项或一件事，请从目录中选择。", "The catalogue has no such item or bundle.")
    return Problem(404, "no_such_matter", title, detail)


def no_material() -> Problem:
    """404: the application or draft has no such material."""
    title = Words("没有这份材料", "No such material")
    detail = Words("清单上没有这份材料，请从材料清单进入。", "It is not on the list; open it from the list.")
    return Problem(404, "no_such_material", title, detail)
