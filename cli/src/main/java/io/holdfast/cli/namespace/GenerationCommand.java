package io.holdfast.cli.namespace;

import picocli.CommandLine.Command;

/** {@code holdfast generation}. */
@Command(
    name = "generation",
    description = {
      "The first part of every fencing token, for you to raise.",
      "Raise it after a restore from a backup or a move to another cluster, before any client"
          + " starts: then tokens from before stay below those that follow."
    },
    mixinStandardHelpOptions = true,
    subcommands = {ShowGeneration.class, BumpGeneration.class})
public final class GenerationCommand {}
