//! The AsyncAPI document: where messages are found, and which schema each satisfies.

use std::fmt::Write;

use domain::Event;
use domain::inbound;
use domain::message::{CONTENT_TYPE, STREAM, SUBJECT_PREFIX};

/// The document, AsyncAPI 3.0 in YAML.
pub fn document() -> String {
    let inbound_stream = inbound::STREAM;
    let mut text = format!(
        r#"# Made by script/update from the types in domain/src. Edit those.
asyncapi: 3.0.0
info:
  title: Account onboarding, the feed of events
  version: 1.0.0
  description: >-
    One JetStream stream, {STREAM}, with every event of every registration: each exactly once, in order.
    README.md beside this file says what a subscriber may rely on. The stream {inbound_stream} comes the other way: the
    organisation's own system publishes its establishments there.
defaultContentType: {CONTENT_TYPE}
channels:
  registration:
    address: {SUBJECT_PREFIX}.{{registrationId}}.{{eventName}}
    description: The subjects of the stream {STREAM}.
    parameters:
      registrationId:
        description: The registration, a UUID; also the message's `subject`.
      eventName:
        description: The event's name.
        enum:
"#
    );
    for name in Event::NAMES {
        writeln!(text, "          - {name}").expect("text");
    }
    text.push_str("    messages:\n");
    for name in Event::NAMES {
        writeln!(
            text,
            "      {name}:\n        $ref: '#/components/messages/{name}'"
        )
        .expect("text");
    }
    write!(
        text,
        r"  establishment:
    address: {prefix}.{{siret}}
    description: >-
      The subjects of the stream {inbound_stream}, which keeps the last message of each. An empty message says that the
      establishment is known no longer.
    parameters:
      siret:
        description: The establishment, 14 digits; also the message's `siret`.
    messages:
      Establishment:
        $ref: '#/components/messages/Establishment'
",
        prefix = inbound::SUBJECT_PREFIX
    )
    .expect("text");
    text.push_str(
        "operations:\n  publishEvent:\n    action: send\n    summary: The service publishes; subscribers only read.\n    channel:\n      $ref: '#/channels/registration'\n  receiveEstablishment:\n    action: receive\n    summary: The organisation's own system publishes; the service keeps its directory so.\n    channel:\n      $ref: '#/channels/establishment'\ncomponents:\n  messages:\n",
    );
    for name in Event::NAMES {
        write!(
            text,
            "    {name}:\n      name: {name}\n      contentType: {CONTENT_TYPE}\n      headers:\n        $ref: '#/components/schemas/headers'\n      payload:\n        schemaFormat: application/schema+json;version=draft-2020-12\n        schema:\n          $ref: events/{name}.v1.json\n"
        )
        .expect("text");
    }
    write!(
        text,
        "    Establishment:\n      name: Establishment\n      contentType: {}\n      payload:\n        schemaFormat: application/schema+json;version=draft-2020-12\n        schema:\n          $ref: inbound/establishment.v1.json\n",
        inbound::CONTENT_TYPE
    )
    .expect("text");
    text.push_str(
        r"  schemas:
    headers:
      type: object
      required: [Content-Type, Nats-Msg-Id, Onboarding-Position, Onboarding-Sequence]
      properties:
        Content-Type:
          const: application/cloudevents+json
        Nats-Msg-Id:
          type: string
          description: The message's `id`.
        Onboarding-Position:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `position`.
        Onboarding-Sequence:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `sequence`.
",
    );
    text
}
