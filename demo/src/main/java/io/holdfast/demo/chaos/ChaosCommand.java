package io.holdfast.demo.chaos;

import picocli.CommandLine.Command;

/** {@code holdfast chaos}. */
@Command(
    name = "chaos",
    description = "Judges a history that a chaos run recorded.",
    mixinStandardHelpOptions = true,
    subcommands = CheckHistory.class)
public final class ChaosCommand {}
