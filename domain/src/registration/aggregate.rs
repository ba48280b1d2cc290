//! The glue to cqrs-es: its `Aggregate` is our [`decide`] and [`evolve`], and nothing more.
//!
//! `Services` is empty on purpose: a decision that could call a service could not be replayed.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

use super::command::Command;
use super::decide::decide;
use super::event::Event;
use super::evolve::evolve;
use super::refusal::Refusal;
use super::state::Registration;

impl Aggregate for Registration {
    const TYPE: &'static str = "registration";
    type Command = Command;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Refusal> {
        for event in decide(self, command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        evolve(self, &event);
    }
}
