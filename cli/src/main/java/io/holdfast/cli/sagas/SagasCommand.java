package io.holdfast.cli.sagas;

import picocli.CommandLine.Command;

/** {@code holdfast sagas}. */
@Command(
    name = "sagas",
    description = "Sagas: which have not ended, who runs them, and how parked ones go on.",
    mixinStandardHelpOptions = true,
    subcommands = {ListSagas.class, ShowSaga.class, ResumeSaga.class})
public final class SagasCommand {}
