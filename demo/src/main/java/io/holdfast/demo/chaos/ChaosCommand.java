package io.holdfast.demo.chaos;

import picocli.CommandLine.Command;

/** {@code holdfast chaos}. */
@Command(
    name = "chaos",
    description = "What a chaos run left, judged again.",
    mixinStandardHelpOptions = true,
    subcommands = CheckHistory.class)
public final class ChaosCommand {}
