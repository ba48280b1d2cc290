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
    text.push_str(OWN_CHANNELS);
    text.push_str(
        "operations:\n  publishEvent:\n    action: send\n    summary: The service publishes; subscribers only read.\n    channel:\n      $ref: '#/channels/registration'\n  receiveEstablishment:\n    action: receive\n    summary: The organisation's own system publishes; the service keeps its directory so.\n    channel:\n      $ref: '#/channels/establishment'\n  handOver:\n    action: send\n    summary: The service hands over what a subscriber chose, one event of a registration at a time; the consumer acknowledges each.\n    channel:\n      $ref: '#/channels/ownStream'\n  call:\n    action: send\n    summary: The service calls a webhook; any 2xx acknowledges.\n    channel:\n      $ref: '#/channels/webhook'\n    bindings:\n      http:\n        method: POST\n        bindingVersion: '0.3.0'\ncomponents:\n  messages:\n",
    );
    text.push_str(OWN_MESSAGES);
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
    text.push_str(OWN_HEADERS);
    text
}

/// The ways to one subscriber alone: its own stream, and calls to its webhook.
const OWN_CHANNELS: &str = r"  ownStream:
    address: subscriber.{subscriber}.{registrationId}
    description: >-
      The subjects of the stream SUBSCRIBER_<NAME>, pulled through the durable consumer of the subscriber's name, which exists
      already. It holds what is not acknowledged yet. Of one registration one event is under way at a time, in the order of
      `sequence`; registrations do not wait for one another. Inboxes begin with _INBOX_<name>; the JetStream domain is `feed`.
    parameters:
      subscriber:
        description: The subscriber's name.
      registrationId:
        description: The registration, a UUID; also the message's `subject`.
    messages:
      Delivered:
        $ref: '#/components/messages/Delivered'
  webhook:
    address: null
    description: The URL that the subscriber was added with. The order is that of an own stream.
    messages:
      Called:
        $ref: '#/components/messages/Called'
";

/// What goes these ways is any event of the feed, byte for byte, with headers of its own.
const OWN_MESSAGES: &str = r"    Delivered:
      name: Delivered
      summary: A message of the channel `registration`, of any event that the subscriber chose.
      contentType: application/cloudevents+json
      headers:
        $ref: '#/components/schemas/deliveredHeaders'
      payload:
        $ref: '#/components/schemas/anyEvent'
    Called:
      name: Called
      summary: A message of the channel `registration`, signed as Standard Webhooks has it.
      contentType: application/cloudevents+json
      headers:
        $ref: '#/components/schemas/calledHeaders'
      payload:
        $ref: '#/components/schemas/anyEvent'
";

const OWN_HEADERS: &str = r"    anyEvent:
      type: object
      description: The CloudEvent that the channel `registration` has at the same `position`; `dataschema` names its schema.
      required: [specversion, id, source, type, subject, time, dataschema, sequence, position, data]
    deliveredHeaders:
      type: object
      required: [Content-Type, Nats-Msg-Id, Onboarding-Position, Onboarding-Sequence]
      properties:
        Content-Type:
          const: application/cloudevents+json
        Nats-Msg-Id:
          type: string
          description: Names this delivery, beginning with the event's `id`. Tell events apart by `subject` and `sequence`.
        Onboarding-Position:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `position`.
        Onboarding-Sequence:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `sequence`.
        Onboarding-Replay:
          type: string
          format: uuid
          description: Only on what is sent again on request; the replay's id.
    calledHeaders:
      type: object
      required: [Content-Type, webhook-id, webhook-timestamp, webhook-signature, Onboarding-Position, Onboarding-Sequence]
      properties:
        Content-Type:
          const: application/cloudevents+json
        webhook-id:
          type: string
          description: The event's `id` at every attempt; on a replay followed by `_` and the replay's id.
        webhook-timestamp:
          type: string
          pattern: '^[0-9]+$'
          description: When it was called, in seconds since 1970.
        webhook-signature:
          type: string
          description: '`v1,` and Base64 of HMAC-SHA-256 over `id.timestamp.body`, under the key that the subscriber was given.'
        Onboarding-Position:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `position`.
        Onboarding-Sequence:
          type: string
          pattern: '^[0-9]+$'
          description: The message's `sequence`.
        Onboarding-Replay:
          type: string
          format: uuid
          description: Only on what is sent again on request; the replay's id.
";
