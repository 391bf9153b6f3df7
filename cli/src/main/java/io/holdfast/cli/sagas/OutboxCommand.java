package io.holdfast.cli.sagas;

import picocli.CommandLine.Command;

/** {@code holdfast outbox}. */
@Command(
    name = "outbox",
    description = "Outboxes: how much is not delivered, and how parked messages go on.",
    mixinStandardHelpOptions = true,
    subcommands = {ShowOutbox.class, ListParked.class, ResumeMessage.class, DiscardMessage.class})
public final class OutboxCommand {}
