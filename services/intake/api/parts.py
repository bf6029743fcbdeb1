"""What intake's routes work with, and the questions that several of them ask: who may see what, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query

from services.intake.api.views import ApplicationRow, ApplicationView, application_view, party_view, row_view
from services.intake.api.words import no_application, wrong_number
from services.intake.catalogue import Catalogue
from services.intake.handing_in import HandingIn
from services.intake.licences import People
from services.intake.model import Application
from services.intake.number import WrongNumber, typed_number
from services.intake.own_licences import OwnLicences
from services.intake.store import numbered
from services.intake.submission import Submission
from shared.attempts import Attempts
from shared.contracts.sealed import Keyring, Sealed
from shared.contracts.terms import Party
from shared.files import Files
from shared.identity import Person, scope_of
from shared.log import logger
from shared.messaging.document import Store, Where
from shared.messaging.runtime import Runtime
from shared.permissions import Role
from shared.settings import Settings
from shared.web.commands import answering, owners

READ = ("application.read_own", "application.read_any")
Number = Annotated[str, Path(max_length=40, description="申请编号", examples=["7ZQ0M3X5KD2WA"])]
Page = Annotated[int, Query(ge=1, le=10_000, description="第几页")]
Size = Annotated[int, Query(ge=1, le=100, description="每页几份")]


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the routes share."""

    runtime: Runtime
    store: Store
    files: Files
    catalogue: Catalogue
    settings: Settings
    keyring: Keyring
    handing_in: HandingIn
    attempts: Attempts
    own_licences: OwnLicences

    @property
    def submission(self) -> Submission:
        """Checks forms and seals whom they name."""
        return Submission(self.catalogue, self.handing_in, self.keyring, self.settings.holder_key)

    def own(self, asker: Person) -> Where:
        """The asker's own applications."""
        return {"owner": {"$in": owners(asker, self.settings.holder_key)}}

    def reaches(self, asker: Person, *actions: str) -> list[Where]:
        """The conditions under which the asker may see an application; any one is enough. Problem 403 for none."""
        scope = scope_of(asker, *actions)
        if scope.all:
            return [{}]
        conditions: list[Where] = [self.own(asker)] if scope.own else []
        return [*conditions, *([{"departments": scope.department}] if scope.department else [])]

    async def application(self, asker: Person, typed: str, *actions: str) -> Application:
        """The application that was asked for. Problem 422 for a number that cannot be one, 404 for all else."""
        reaches = self.reaches(asker, *actions)
        found = await answering(numbered(self.store, number_of(typed), reaches))
        if found is None:
            raise no_application()
        return found

    def opened(self, sealed: Sealed[Party], application: str) -> Party:
        """A party, for the edge alone."""
        return self.keyring.open(sealed, Party, application)

    def people(self, application: Application) -> People:
        """Those named on the form, to compare with the holders of e-licences."""
        form = application.form
        applicant = self.opened(form.holder, form.number)
        agent = self.opened(form.agent, form.number).name if form.agent else None
        return People(applicant.kind, applicant.name, agent)

    def owns(self, asker: Person, application: Application) -> bool:
        """Whether it is the asker's own."""
        return application.form.owner in owners(asker, self.settings.holder_key)

    def seen(self, asker: Person, application: Application) -> ApplicationView:
        """As the asker may see it: owner and window in full, others masked. An unmask is an audit entry."""
        own = self.owns(asker, application)
        full = own or Role.CLERK in asker.roles
        if full and not own:
            logger("intake").info("holder_unmasked", application=application.number, by=asker.subject)
        return self.view(application, masked=not full)

    def view(self, application: Application, *, masked: bool) -> ApplicationView:
        """The whole application, its parties in full or masked."""
        form = application.form
        holder = party_view(self.opened(form.holder, form.number), masked=masked)
        agent = party_view(self.opened(form.agent, form.number), masked=masked) if form.agent else None
        return application_view(application, holder, agent)

    def row(self, application: Application) -> ApplicationRow:
        """One line of a list, always masked."""
        holder = party_view(self.opened(application.form.holder, application.number), masked=True)
        return row_view(application, holder, self.runtime.clock())


def number_of(typed: str) -> str:
    """A typed application number. Problem 422 with what is wrong, where, and what to do."""
    try:
        return typed_number(typed)
    except WrongNumber as error:
        raise wrong_number(error.reason, error.fix) from error
