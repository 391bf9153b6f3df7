package io.holdfast.cli.services;

import picocli.CommandLine.Command;

/** {@code holdfast services}. */
@Command(
    name = "services",
    description = "Which services there are, and where their instances run.",
    mixinStandardHelpOptions = true,
    subcommands = {ListServices.class, ShowService.class})
public final class ServicesCommand {}
