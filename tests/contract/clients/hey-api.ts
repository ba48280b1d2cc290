// The whole journey by the functions that @hey-api/openapi-ts makes of the description.
import { client } from "./made/hey-api/client.gen.js";
import {
  getMe,
  putEstablishment,
  putMemberNumber,
  putPassword,
  putTopics,
  signIn,
  startRegistration,
  verifyEmail,
} from "./made/hey-api/sdk.gen.js";
import { base, email, is, must, number, password, siret, token } from "./person.js";

client.setConfig({ baseUrl: base });
const registration = must(await startRegistration({
  headers: { "Idempotency-Key": crypto.randomUUID() },
  body: { civility: "m", last_name: "Démonval", first_name: "Ève", email, profile: "generaliste" },
}));
const mine = { path: { id: registration.id }, auth: registration.continuation_token! };
must(await putTopics({ ...mine, body: { topics: ["payments"] } }));
must(await putEstablishment({ ...mine, body: { siret } }));
const refused = await putMemberNumber({ ...mine, body: { number: "" } });
is(refused.error?.code, "invalid");
must(await putMemberNumber({ ...mine, body: { number } }));

const link = await token();
must(await verifyEmail({ body: { token: link } }));
const active = must(await putPassword({ path: { id: registration.id }, body: { token: link, password } }));
is(active.state, "active");

const session = must(await signIn({ body: { email, password } }));
const me = must(await getMe({ auth: session.token }));
is(me.person.email, email);
is(me.establishments[0]?.siret, siret);
