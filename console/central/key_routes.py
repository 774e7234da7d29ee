"""Service keys over the API, for whoever commands the place that a key is for."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.central.auth import Caller, realm_of
from console.central.realms import Realm
from console.central.service import Service
from console.domain.area import may_command
from console.domain.errors import Refused
from console.domain.phrases import say
from console.sync import keys
from console.sync.answers import described, note, problem
from console.sync.keys import KeyMade, KeyRequest, Keys, state_of
from console.sync.messages import PLAIN, Problem


def add_routes(app: FastAPI, service: Service, bearer: HTTPBearer) -> None:
    told = {
        401: "`sign_in`: no valid token.",
        403: "`not_allowed`: not in the caller's command.",
        422: "Not as it is described here, or a key that cannot be.",
        503: "The database is away or busy.",
        507: "The disk is full.",
    }
    answers = described(told)
    sent: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (400, 408, 413)}
    missing: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "There is no such key in use."}}
    Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]  # noqa: N806

    def signed_in(request: Request, given: Given) -> tuple[Caller, Realm]:
        token = given.credentials if given else ""
        who, realm = service.bearer(token)
        note(request, user=who.user, device=who.device, realm=realm_of(token))
        return who, realm

    Found = Annotated[tuple[Caller, Realm], Depends(signed_in)]  # noqa: N806

    def commands(who: Caller, realm: Realm, at: str) -> bool:
        return may_command(service.directory.grants(who.user), at, realm.store.realm)

    @app.get("/v1/keys", tags=["intake"], responses=answers)
    def list_keys(found: Found) -> Keys:
        """The keys of service accounts that are in use, of the places that the caller commands."""
        who, realm = found
        with realm.store.read() as view:
            there = keys.keys(view)
        return Keys(keys=[state_of(key) for key in there if commands(who, realm, key.at)])

    @app.post("/v1/keys", tags=["intake"], status_code=201, responses={**answers, **sent})
    def add_key(found: Found, request: KeyRequest) -> KeyMade:
        """Make a key for a service account."""
        who, realm = found
        try:
            keys.check(service.directory.pack, request.name, request.at, request.kinds)
        except Refused as refused:
            raise problem(422, refused.phrase.code, say(refused.phrase, "en")) from None
        if not commands(who, realm, request.at):
            raise problem(403, "not_allowed", told[403])
        text, made = keys.add(realm.store, request.name, request.at, request.kinds, who.user)
        return KeyMade(**state_of(made).model_dump(), key=text)

    @app.delete("/v1/keys/{id}", tags=["intake"], status_code=204, responses={**answers, **missing})
    def remove_key(found: Found, id: Annotated[str, Path(max_length=64, pattern=PLAIN)]) -> None:
        """Withdraw a key: it opens nothing from now on."""
        who, realm = found
        with realm.store.read() as view:
            mine = [key for key in keys.keys(view) if key.id == id and commands(who, realm, key.at)]
        if not mine:
            raise problem(404, "key_missing", missing[404]["description"])
        keys.remove(realm.store, id, who.user)
