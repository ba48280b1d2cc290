// The whole journey by openapi-fetch, with the types that openapi-typescript makes of the description.
import createClient from "openapi-fetch";
import type { components, paths } from "./made/schema.js";
import { base, email, is, must, number, password, siret, token } from "./person.js";

const client = createClient<paths>({ baseUrl: base });
const started = await client.POST("/v1/registrations", {
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  body: { civility: "mme", last_name: "Démonval", first_name: "Ève", email, profile: "generaliste", locale: "fr-FR" },
});
const registration = must(started);
const version = started.response.headers.get("etag")!;
const mine = {
  params: { path: { id: registration.id } },
  headers: { Authorization: `Bearer ${registration.continuation_token}` },
};
const state: components["schemas"]["RegistrationState"] = "awaiting_topics";
is(registration.state, state);
is(registration.next?.step, "topics");

const topics = await client.PUT("/v1/registrations/{id}/topics", {
  ...mine,
  params: { ...mine.params, header: { "If-Match": version } },
  body: { topics: ["payments"] },
});
is(must(topics).state, "awaiting_establishment");
const held = await client.GET("/v1/registrations/{id}", {
  ...mine,
  params: { ...mine.params, header: { "If-None-Match": topics.response.headers.get("etag")! } },
});
is(held.response.status, 304);
must(await client.PUT("/v1/registrations/{id}/establishment", { ...mine, body: { siret } }));
const refused = await client.PUT("/v1/registrations/{id}/member-number", { ...mine, body: { number: "" } });
is(refused.error?.code, "invalid");
is(refused.error?.errors?.[0]?.field, "number");
must(await client.PUT("/v1/registrations/{id}/member-number", { ...mine, body: { number } }));

const link = await token();
const verified = must(await client.POST("/v1/email-verifications", { body: { token: link } }));
is(verified.state, "awaiting_password");
is(verified.verification?.verified, true);
const params = { path: { id: registration.id } };
const active = must(await client.PUT("/v1/registrations/{id}/password", { params, body: { token: link, password } }));
is(active.state, "active");

const session = must(await client.POST("/v1/sessions", { body: { email, password } }));
const me = must(await client.GET("/v1/me", { headers: { Authorization: `Bearer ${session.token}` } }));
is(me.person.email, email);
is(me.establishments[0]?.siret, siret);
