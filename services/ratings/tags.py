"""The national levels and tags of 好差评, version 2: five levels of eight tags, of which the first three are core.

GB/T 39734-2020 clause 7.3 and annexes A, B. The set is national: no local additions. The codes of version 1
(101–107, 201–206, 301–306, 401–405, 501–509) are retired and never accepted.
"""

from __future__ import annotations

from services.ratings.model import Level, Rules, Tag

RULES = Rules(
    version=2,
    levels=(
        Level(
            level=5,
            name="非常满意",
            bad=False,
            tags=(
                Tag(code="510", text="一窗受理一次办结", core=True),
                Tag(code="511", text="可以先受理后补材料", core=True),
                Tag(code="512", text="不用提交证明", core=True),
                Tag(code="513", text="可以全程网上办理"),
                Tag(code="514", text="可以使用手机办理"),
                Tag(code="515", text="可以就近办理"),
                Tag(code="516", text="无需材料直接办理"),
                Tag(code="517", text="服务热情效率高"),
            ),
        ),
        Level(
            level=4,
            name="满意",
            bad=False,
            tags=(
                Tag(code="406", text="填写一张表单就可完成申报", core=True),
                Tag(code="407", text="在线提交材料窗口核验", core=True),
                Tag(code="408", text="一张清单告知全部申报材料", core=True),
                Tag(code="409", text="用告知承诺减免申报材料"),
                Tag(code="410", text="可以在线预约办理"),
                Tag(code="411", text="跑大厅一次办完"),
                Tag(code="412", text="可以使用自助机办理"),
                Tag(code="413", text="服务态度较好"),
            ),
        ),
        Level(
            level=3,
            name="基本满意",
            bad=False,
            tags=(
                Tag(code="307", text="一次性告知需要补正的材料", core=True),
                Tag(code="308", text="提供申报材料样本", core=True),
                Tag(code="309", text="在承诺的时间内办结", core=True, checks_against="clock"),
                Tag(code="310", text="办事指南指引准确"),
                Tag(code="311", text="按办事指南要求的材料即可办理"),
                Tag(code="312", text="可以快递送达"),
                Tag(code="313", text="跑动次数与承诺的一致", checks_against="visits"),
                Tag(code="314", text="服务态度一般"),
            ),
        ),
        Level(
            level=2,
            name="不满意",
            bad=True,
            tags=(
                Tag(code="207", text="没有提供材料样本", core=True),
                Tag(code="208", text="没有提供材料清单", core=True),
                Tag(code="209", text="未在承诺时间内办结", core=True, checks_against="clock"),
                Tag(code="210", text="同样内容的证明材料被要求多次提交"),
                Tag(code="211", text="承诺网办但无法在线办理"),
                Tag(code="212", text="在线预约办理后到实体大厅重复取号排队"),
                Tag(code="213", text="窗口人员业务不熟练"),
                Tag(code="214", text="服务态度生硬"),
            ),
        ),
        Level(
            level=1,
            name="非常不满意",
            bad=True,
            tags=(
                Tag(code="108", text="在办事指南之外增加新的审批条件", core=True),
                Tag(code="109", text="需提供办事指南之外的申报材料", core=True),
                Tag(code="110", text="无理由超过法定办理时间", core=True, checks_against="clock"),
                Tag(code="111", text="办事指南提供样本有错"),
                Tag(code="112", text="承诺在线收取申报材料实际无法收取"),
                Tag(code="113", text="多头跑窗口和部门", checks_against="one_window"),
                Tag(code="114", text="跑动次数与承诺的不一致", checks_against="visits"),
                Tag(code="115", text="服务态度差效率低"),
            ),
        ),
    ),
)
