package io.holdfast.cli.elections;

import picocli.CommandLine.Command;

/** {@code holdfast elections}. */
@Command(
    name = "elections",
    description = "Who leads, and which candidates come next.",
    mixinStandardHelpOptions = true,
    subcommands = {ListElections.class, ShowElection.class})
public final class ElectionsCommand {}
