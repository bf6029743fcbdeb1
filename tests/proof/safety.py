"""What holds at every moment of a run, however it was hurt.

| Rule | Promise |
|---|---|
| `lost_<what>` | what a client was told stands in the owning service's document |
| `key_with_two_answers`, `told_twice` | one idempotency key, one answer; what may be done once was accepted once |
| `second_<what>`, `shared_number` | what may happen once, happened once (once.py) |
| `result_without_opinions` | nothing is approved or issued before every planned opinion agreed |
| `approved_against_opinion` | … nor where one disagreed |
| `foreign_opinion` | an opinion took effect for the department that its task belongs to |
| `gap`, `two_partitions` | a document speaks on one partition, first appearances in the order 1, 2, 3 … |
| `changed_repeat` | a repeat has the same key, value and headers |
| `id_reused`, `wrong_id` | an event id stands for one (source, number), and is made from it |
| `lost_event` | each number that a document gave is on the topic or in its outbox |
| `said_before_saved`, `changed_event` | nothing else was ever said, and nothing pending differs from what was said |
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID, uuid5

from shared.contracts.envelope import Outgoing
from shared.contracts.topics import CATALOGUE
from shared.messaging.document import Document
from tests.proof.evidence import Evidence, Violation
from tests.proof.once import said_once
from tests.proof.promises import STANDS, times_told

Rule = Callable[[Evidence], Iterator[Violation]]
_IDS = UUID("6f6e6564-6f6f-7200-8000-000000000001")


def safety(evidence: Evidence) -> list[Violation]:
    """Everything that is broken at this moment; documents and records must be of the same moment."""
    return [violation for rule in RULES for violation in rule(evidence)]


def told_stands(evidence: Evidence) -> Iterator[Violation]:
    """Nothing that was acknowledged is lost."""
    for (service, what, subject), times in times_told(evidence).items():
        if not STANDS[service, what](evidence, subject, times):
            yield Violation("lost", f"lost_{what}", f"{service}/{subject}", f"told {times} times, and it is not there")


def one_answer_per_key(evidence: Evidence) -> Iterator[Violation]:
    """The same idempotency key never made two things, and two keys never did what may be done once."""
    answers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for told in evidence.told:
        if told.key:
            answers[told.service, told.what, told.key].add(told.subject)
    for (service, what, key), subjects in answers.items():
        if len(subjects) > 1:
            yield Violation("doubled", "key_with_two_answers", f"{service}/{key}", f"{what}: {sorted(subjects)}")
    for (service, what, subject), times in times_told(evidence).items():
        if times > 1 and what in ("submitted", "opinion", "rated"):
            yield Violation("doubled", "told_twice", f"{service}/{subject}", f"{what} was accepted {times} times")


def opinions_before_results(evidence: Evidence) -> Iterator[Violation]:
    """An approval, and a licence or notice, only where each planned task has an agreeing opinion of its department."""
    planned = {said.event.case: said for said in reversed(evidence.events("CaseAccepted"))}
    opinions: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for said in evidence.events("OpinionGiven"):
        opinions[said.event.case][said.event.step, said.event.department, said.event.verdict] += 1
    issued = [said for said in evidence.events("ResultIssued") if said.event.kind != "refusal"]
    for said in [*evidence.events("CaseApproved"), *evidence.events("LicenceIssued"), *issued]:
        case = said.event.case
        plan = planned.get(case)
        if plan is None:
            yield Violation("broken", "result_without_opinions", said.place, f"{said.name} of {case}: never accepted")
            continue
        wanted = Counter(
            (step.key, code, "agree") for step in plan.event.steps for code in dict.fromkeys(step.departments)
        )
        if missing := wanted - opinions[case]:
            detail = f"{said.name} of {case}: no agreement of {sorted(missing)}"
            yield Violation("broken", "result_without_opinions", said.place, detail)
        if any(verdict == "disagree" for _, _, verdict in opinions[case]):
            detail = f"{said.name} of {case} although a department disagreed"
            yield Violation("broken", "approved_against_opinion", said.place, detail)


def own_opinions(evidence: Evidence) -> Iterator[Violation]:
    """An opinion counts only from the department of its task."""
    assigned = {said.event.task: said.event.department for said in evidence.events("TaskAssigned")}
    for said in evidence.events("OpinionGiven"):
        if assigned.get(said.event.task) != said.event.department:
            detail = f"{said.event.task}: {said.event.department} for {assigned.get(said.event.task)}"
            yield Violation("broken", "foreign_opinion", said.place, detail)


def said_in_order(evidence: Evidence) -> Iterator[Violation]:
    """Per source document: first appearances are 1, 2, 3 …, on one partition, and a repeat never changes."""
    for (topic, source), all_said in evidence.sources.items():
        if topic == CATALOGUE.name:  # compacted: what was superseded may be gone
            continue
        first: dict[int, object] = {}
        gaps = []
        for said in all_said:
            number = said.heard.seq or 0
            if number in first:
                if first[number] != said.content:
                    yield Violation("broken", "changed_repeat", said.place, f"{source}#{number} was said otherwise")
                continue
            if number != len(first) + 1:
                detail = f"{source}#{number} {said.name} where #{len(first) + 1} is due"
                gaps.append(Violation("broken", "gap", said.place, detail))
            first[number] = said.content
        yield from gaps[:1]  # the others follow from the first
        if len({said.record.partition for said in all_said}) > 1:
            yield Violation("broken", "two_partitions", f"{topic}/{source}", "order holds in one partition only")


def ids_are_unique(evidence: Evidence) -> Iterator[Violation]:
    """One id for one (source, number), made from both."""
    owners: dict[str, tuple[str, int | None]] = {}
    for (_, source), all_said in evidence.sources.items():
        for said in all_said:
            number = said.heard.seq
            if owners.setdefault(said.heard.id, (source, number)) != (source, number):
                detail = f"{said.heard.id} is {owners[said.heard.id]} and {(source, number)}"
                yield Violation("broken", "id_reused", said.place, detail)
            if said.heard.id != str(uuid5(_IDS, f"{source}#{number}")):
                yield Violation("broken", "wrong_id", said.place, f"{said.heard.id} is not made from {source}#{number}")


def numbers_are_kept(evidence: Evidence) -> Iterator[Violation]:
    """Every number that a document gave is on the topic or still in the outbox, and nothing else was ever said."""
    on_topic: dict[str, dict[int, object]] = defaultdict(dict)
    for (topic, source), all_said in evidence.sources.items():
        if topic != CATALOGUE.name:
            on_topic[source] |= {said.heard.seq or 0: said.content for said in all_said}
    for service, documents in evidence.documents.items():
        for name, document in documents.items():
            if not name.startswith("catalogue/"):
                yield from _kept(f"{service}/{name}", document, on_topic.pop(f"{service}/{name}", {}))
    for source in on_topic:
        yield Violation("broken", "said_before_saved", source, "the topic knows a document that the database does not")


def _kept(source: str, document: Document, heard: Mapping[int, object]) -> Iterator[Violation]:
    given = document.next_seq - 1
    pending = {
        int(dict(entry.content.headers)["ce_seq"]): entry.content
        for entry in document.outbox
        if isinstance(entry.content, Outgoing)
    }
    if missing := set(range(1, given + 1)) - set(heard) - set(pending):
        detail = f"numbers {sorted(missing)} of {given} are neither on the topic nor in the outbox"
        yield Violation("lost", "lost_event", source, detail)
    if heard and max(heard) > given:
        detail = f"#{max(heard)} is on the topic, and the document gave {given} numbers"
        yield Violation("broken", "said_before_saved", source, detail)
    for number, content in pending.items():
        if number in heard and heard[number] != (content.key, content.value, tuple(content.headers)):
            yield Violation("broken", "changed_event", source, f"#{number} is pending otherwise than it was said")


RULES: tuple[Rule, ...] = (
    told_stands,
    one_answer_per_key,
    said_once,
    opinions_before_results,
    own_opinions,
    said_in_order,
    ids_are_unique,
    numbers_are_kept,
)
