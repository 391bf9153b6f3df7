package io.holdfast.cli.locks;

import picocli.CommandLine.Command;

/** {@code holdfast locks}. */
@Command(
    name = "locks",
    description = "Who holds which lock, and who waits for it.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ListLocks.class,
      ShowLock.class,
      WatchLocks.class,
      FindDeadlocks.class,
      ReleaseLock.class,
      ExecUnderLock.class
    })
public final class LocksCommand {}
