package io.holdfast.payment.files;

import picocli.CommandLine.Command;

/** {@code holdfast topups}. */
@Command(
    name = "topups",
    mixinStandardHelpOptions = true,
    description = "Card top-ups of a payment cluster.",
    subcommands = CheckTopUps.class)
final class TopUpsCommand {}
