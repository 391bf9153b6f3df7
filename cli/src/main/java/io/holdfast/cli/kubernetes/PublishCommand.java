package io.holdfast.cli.kubernetes;

import picocli.CommandLine.Command;

/** {@code holdfast services publish}. */
@Command(
    name = "publish",
    description = "Keeps services in step in another system.",
    mixinStandardHelpOptions = true,
    subcommands = PublishKubernetes.class)
public final class PublishCommand {}
