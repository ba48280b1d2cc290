"""The whole journey by the client that openapi-python-client makes of the description. Whoever runs this answers the line
`mail` with the token of the link."""

import os
import uuid

from made_client import AuthenticatedClient, Client
from made_client.api.account import get_me, sign_in
from made_client.api.links import verify_email
from made_client.api.registrations import put_establishment, put_member_number, put_password, put_topics, start_registration
from made_client.models import (
    CivilityCode,
    EstablishmentRequest,
    IdentityRequest,
    MemberNumberRequest,
    NewPasswordRequest,
    Problem,
    RegistrationState,
    SignInRequest,
    StepName,
    TokenRequest,
    TopicsRequest,
)

BASE, EMAIL = os.environ["ONBOARDING_BASE"], os.environ["PERSON_EMAIL"]
SIRET, NUMBER = os.environ["MEMBER_SIRET"], os.environ["MEMBER_NUMBER"]
PASSWORD = "Girouette-7-marmelade"

anybody = Client(base_url=BASE)
identity = IdentityRequest(
    civility=CivilityCode.M, last_name="Démonval", first_name="Ève", email=EMAIL, profile="generaliste", locale="fr-FR"
)
started = start_registration.sync(client=anybody, body=identity, idempotency_key=str(uuid.uuid4()))
assert started.state is RegistrationState.AWAITING_TOPICS and started.next_.step is StepName.TOPICS, started

mine = AuthenticatedClient(base_url=BASE, token=started.continuation_token)
chosen = put_topics.sync_detailed(started.id, client=mine, body=TopicsRequest(["payments"]), if_match=f'"{started.version}"')
assert chosen.parsed.state is RegistrationState.AWAITING_ESTABLISHMENT, chosen
put_establishment.sync(started.id, client=mine, body=EstablishmentRequest(SIRET))
refused = put_member_number.sync(started.id, client=mine, body=MemberNumberRequest(""))
assert isinstance(refused, Problem) and refused.errors[0].field == "number", refused
put_member_number.sync(started.id, client=mine, body=MemberNumberRequest(NUMBER))

print("mail", flush=True)
link = input()
verified = verify_email.sync(client=anybody, body=TokenRequest(link))
assert verified.verification.verified, verified
active = put_password.sync(started.id, client=anybody, body=NewPasswordRequest(password=PASSWORD, token=link))
assert active.state is RegistrationState.ACTIVE, active

session = sign_in.sync(client=anybody, body=SignInRequest(email=EMAIL, password=PASSWORD))
me = get_me.sync(client=AuthenticatedClient(base_url=BASE, token=session.token))
assert me.person.email == EMAIL and me.establishments[0].siret == SIRET, me
