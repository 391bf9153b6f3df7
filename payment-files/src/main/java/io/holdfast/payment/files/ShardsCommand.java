package io.holdfast.payment.files;

import picocli.CommandLine.Command;

/** {@code holdfast shards}. */
@Command(
    name = "shards",
    mixinStandardHelpOptions = true,
    description = "The shards of a payment cluster: which node owns them, in which database.",
    subcommands = {ListShards.class, MoveShard.class})
final class ShardsCommand {}
