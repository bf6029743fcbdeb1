"""What people of the sample write: reasons, what is missing, comments. All of it is made up, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.local.sample.affair import Outcome

MISSING = (
    "样例：缺少签名，请补签后重新上传",
    "样例：扫描件不清晰，看不清印章",
    "样例：缺少第二页",
    "样例：填写的地址与租赁合同不一致，请更正",
    "样例：所附证明已过有效期，请提供有效的",
)
DISAGREE = (
    "样例：现场核查时，经营场所的布局与所附图纸不一致，不符合准予的条件",
    "样例：所附材料不能证明符合规定的条件，经核实后仍不能认定",
    "样例：缴费年限没有达到规定的最低年限",
    "样例：现场没有设置必要的清洗消毒设施",
)
INSTEAD: Mapping[Outcome, str] = {
    "not_required": "样例：所申请的活动依法不需要取得许可，可以直接开展",
    "refer": "样例：所申请的事项不属于本县职权范围",
}
COMPETENT = "样例市有关主管部门"
CORRECTED = "样例：电话录错，已与本人核对"
HANDED_BACK = ("样例：这几天在外出差，请同事接手", "样例：与本人有利害关系，申请回避")
PROCEDURE = {
    "planned_days": 10,
    "notice": "样特告〔2026〕12 号",
    "reason": "样例：设计方案需要专家评审，评审会已排期",
}
"""What an officer writes who starts a 特别程序."""
URGES = (
    "样例：已超过承诺时限，请说明原因并尽快办理",
    "样例：请于明日前完成审查并出具意见",
)
URGE_ANSWERS = (
    "样例：现场核查排期较紧，已安排专人，尽快出具意见",
    "样例：已联系申请人补充说明，预计两个工作日内办结",
)
LEVELS = ((5, 56), (4, 25), (3, 11), (2, 5), (1, 3))
"""(level, how often) where it went well."""
LATE_LEVELS = ((5, 5), (4, 10), (3, 25), (2, 35), (1, 25))
"""The same where it took too long, or was refused."""
TAGS: Mapping[int, Sequence[str]] = {
    5: ("510", "512", "513", "517"),
    4: ("406", "408", "411", "413"),
    3: ("307", "310", "311", "314"),
    2: ("207", "210", "213", "214"),
    1: ("109", "113", "115"),
}
LATE_TAG = {2: "209", 1: "110"}
"""The tag that says it took too long: 未在承诺时间内办结; 无理由超过法定办理时间."""
COMMENTS: Mapping[int, Sequence[str]] = {
    5: ("样例：一次就办好了，很方便", "样例：窗口耐心，讲得清楚", "样例：在家就拿到了证照，没有跑腿", ""),
    4: ("样例：办得挺快，上传材料时要多等一会儿", "样例：总体满意", ""),
    3: ("样例：材料说明可以再写得明白一些", "样例：还可以", ""),
    2: ("样例：比承诺的时间晚了，中间没有人告诉我进展", "样例：同样的证明交了两次"),
    1: ("样例：等了太久，打电话也问不到结果", "样例：被要求到两个地方分别说明情况"),
}
