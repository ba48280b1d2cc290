//! Journeys and faults, on real servers: the real program, the link taken out of the mail and followed.
//!
//! Tests of happy paths share one service, since they do not disturb each other; whoever kills, floods or tampers has a
//! service of its own. Nothing here sleeps: every wait is for something, and says for what.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

mod account;
mod asking;
mod audit;
mod bad_input;
mod bus;
mod bus_cluster;
mod clients;
mod console;
mod contact;
mod contracts;
mod cuts;
mod directory;
mod directory_files;
mod failover;
mod faults_mail;
mod faults_servers;
mod faults_services;
mod feed;
mod feed_rights;
mod fencing;
mod front;
mod generated;
mod keys;
mod links;
mod load;
mod machines;
mod many;
mod neighbours;
mod newcomer;
mod observability;
mod operator;
mod origins;
mod pages;
mod people;
mod plans;
mod private_flow;
mod projections;
mod proof;
mod restored;
mod rights;
mod shared;
mod sink;
mod stalls;
mod stock;
mod unavailable;
mod up;
mod webhooks;
