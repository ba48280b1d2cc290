# The one binary, for every role: `docker build -t onboarding .`, then `docker run onboarding api`.
# It wants PostgreSQL and NATS by URL; docker-compose.yml shows how they fit together.
# `docker build --target symbols --output . .` brings the symbols of the same binary, for a debugger.

FROM rust:1.95-bookworm AS builder
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release --locked --package onboarding \
    && objcopy --only-keep-debug target/release/onboarding /onboarding.debug \
    && objcopy --strip-all --add-gnu-debuglink=/onboarding.debug target/release/onboarding /onboarding

FROM scratch AS symbols
COPY --from=builder /onboarding.debug /

FROM debian:bookworm-slim
# The registers and the mail server are reached over TLS. Nothing else is needed: no server is embedded here.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=65532 --group=65532 --mode=0700 /var/lib/onboarding \
    && install --directory --owner=65532 --group=65532 --mode=0755 /issuer
COPY --from=builder /onboarding /usr/local/bin/onboarding
COPY --chmod=755 deploy/ready /usr/local/bin/ready
# No account of the system, no name, no rights; the root file system may be read-only.
USER 65532:65532
WORKDIR /var/lib/onboarding
ENV ONBOARDING_DATA_DIR=/var/lib/onboarding \
    ONBOARDING_LISTEN=0.0.0.0:8080 \
    ONBOARDING_ADMIN_LISTEN=0.0.0.0:8081 \
    ONBOARDING_LOG_FORMAT=json
VOLUME /var/lib/onboarding
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["onboarding"]
CMD ["--help"]
