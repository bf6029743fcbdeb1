"""HTTP of the guide: the page of a matter, the questions that still matter, and the one-time notice 一次告知单."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.notice import Notice, notice_of
from services.intake.api.words import no_matter
from services.intake.catalogue import Catalogue
from services.intake.guide import NoSuchKey, Plan, guide_page, plan, questions
from services.intake.texts import Key
from shared.web.problems import FieldError, Problem, Words


class AnswersBody(BaseModel):
    """到现在为止的回答：问题的 key → 选项的 value。"""

    model_config = ConfigDict(extra="forbid")
    answers: dict[Key, Key] = Field(default={}, max_length=100, examples=[{"has_licence": "no"}])


class NoticeBody(AnswersBody):
    """回答和自选事项。"""

    opted_in: tuple[Key, ...] | None = Field(default=None, max_length=50, description="不填则以回答为准")


class ChoiceView(BaseModel):
    """一个选项。"""

    value: str
    text: str


class QuestionView(BaseModel):
    """一个问题。"""

    key: str
    text: str
    choices: list[ChoiceView]


class QuestionsView(BaseModel):
    """还没有回答、而且影响办理内容的问题。`ready` 为 true 时可以取一次告知单。"""

    ready: bool
    questions: list[QuestionView]


def guides_api(catalogue: Catalogue) -> APIRouter:
    """`/guides/{key}`, its questions and its notice. Public: nobody has to sign in to learn what is needed."""
    router = APIRouter(prefix="/guides", tags=["导办"])

    @router.get("/{key}", summary="办事指南")
    def page(key: str) -> dict[str, Any]:
        """事项或“一件事”应当公开的全部内容（行政许可法第三十条）。"""
        try:
            return guide_page(catalogue, key)
        except NoSuchKey as error:
            raise no_matter(key) from error

    @router.post("/{key}/questions", summary="接下来要回答的问题")
    def ask(key: str, body: AnswersBody) -> QuestionsView:
        """把已有的回答发来，得到仍然影响结果的问题；没有问题时就可以取一次告知单。"""
        try:
            open_questions = questions(catalogue, key, body.answers)
        except NoSuchKey as error:
            raise no_matter(key) from error
        shown = [
            QuestionView(
                key=question.key,
                text=question.text,
                choices=[ChoiceView(value=choice.value, text=choice.text) for choice in question.choices],
            )
            for question in open_questions
        ]
        return QuestionsView(ready=not shown, questions=shown)

    @router.post("/{key}/notice", summary="一次告知单")
    def notice(key: str, body: NoticeBody) -> Notice:
        """按回答列出全部办件、去重后的材料、免交的材料及理由、步骤、期限和先后关系（行政许可法第三十条）。"""
        planned = plan(catalogue, key, body.answers, body.opted_in)
        if isinstance(planned, Plan):
            return notice_of(catalogue, planned)
        if any(problem.field == "key" for problem in planned) and key not in {*catalogue.items, *catalogue.bundles}:
            raise no_matter(key)
        fix = "见 POST /guides/{key}/questions"
        errors = [FieldError(field=f"body.answers.{each.field}", reason=each.reason, fix=fix) for each in planned]
        title = Words("还不能给出一次告知单", "No notice yet")
        raise Problem(422, "answers_needed", title, f"共 {len(errors)} 处，见 errors。", errors=errors)

    return router
