package io.holdfast.cli.locks;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.cli.console.TerminalText;
import io.holdfast.cli.console.WrappedCommand;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import io.holdfast.spi.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code holdfast locks exec}: a shell's critical section.
 *
 * <p>Its own exit codes are those of {@code timeout} and {@code env}, because commands rarely use
 * them.
 */
@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    customSynopsis =
        "holdfast locks exec [OPTIONS] NAME [--shared | --permits N [--take K]] [--and NAME]..."
            + " -- COMMAND [ARGUMENT]...",
    description = {
      "Runs a command while holding a lock.",
      "The command finds the fencing token in HOLDFAST_TOKEN and the names in HOLDFAST_LOCKS, with"
          + " spaces between them and characters beyond A-Z a-z 0-9 . _ : @ = + - percent-encoded."
          + " The resource that it writes to should refuse smaller tokens. If the lock is lost"
          + " meanwhile, the command is ended."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0 to 123, 128 and up:the command's",
      "124:the lock was not free within --wait; the command was not run",
      "125:the lock was lost; the command was ended",
      "126:the command cannot be run",
      "127:there is no such command"
    })
final class ExecUnderLock implements Callable<Integer> {

  private static final int NOT_FREE = 124;
  private static final int LOST = 125;
  private static final int CANNOT_RUN = 126;
  private static final int NO_SUCH_COMMAND = 127;

  private static final int LONGEST_PURPOSE = 200;

  /** As a shell reports a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Mixin private ClusterConnection connection = new ClusterConnection();

  /** Exclusive unless given. */
  static final class Mode {
    @Option(names = "--shared", description = "hold it for reading, together with others who do")
    boolean shared;

    @Option(names = "--permits", paramLabel = "N", description = "a semaphore of N permits")
    int permits;
  }

  @ArgGroup private Mode mode = new Mode();

  @Option(
      names = "--take",
      paramLabel = "K",
      defaultValue = "1",
      description = "how many of the permits (default: ${DEFAULT-VALUE})")
  private int take = 1;

  @Option(
      names = "--and",
      paramLabel = "NAME",
      description = "one more lock, held in the same way; all are taken in one step or none")
  private List<String> more = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "how long to wait for the lock, 10s for example (default: for ever)")
  private @Nullable Duration wait;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description =
          "why the lock is held, for others to read (default: the command without its arguments,"
              + " which may be secret)")
  private @Nullable String purpose;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "5s",
      description = "from asking the command to end until killing it (default: ${DEFAULT-VALUE})")
  private Duration grace = Duration.ofSeconds(5);

  @Parameters(index = "0", paramLabel = "NAME", description = "the lock")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "the command and its arguments, after --")
  private List<String> command = new ArrayList<>();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws InterruptedException {
    Teardown teardown = new Teardown();
    try (teardown) {
      Locks locks = new Locks(teardown.add(connection.open()));
      Acquirable<LockGrant> lock = lock(locks);
      Optional<LockGrant> grant =
          wait == null ? Optional.of(lock.acquire()) : lock.tryAcquire(wait);
      if (grant.isEmpty()) {
        return errLine(
            NOT_FREE,
            "not free within "
                + Durations.text(wait == null ? Durations.LONGEST : wait)
                + ": "
                + names());
      }
      try (LockGrant held = grant.get()) {
        return run(held, teardown);
      }
    } catch (RuntimeException e) {
      if (teardown.wasInterrupted()) {
        return INTERRUPTED;
      }
      throw e;
    }
  }

  private Acquirable<LockGrant> lock(Locks locks) {
    return locks.all(
        Stream.concat(Stream.of(name), more.stream())
            .map(each -> single(locks, each))
            .toArray(DistributedLock[]::new));
  }

  private DistributedLock single(Locks locks, String each) {
    NamedLock lock = locks.lock(each, LockConfig.defaults().withPurpose(purpose()));
    if (mode.permits != 0) {
      return lock.permits(take, mode.permits);
    }
    return mode.shared ? lock.read() : lock.exclusive();
  }

  private String purpose() {
    if (purpose != null) {
      return purpose;
    }
    String shown = TerminalText.line(command.get(0)) + (command.size() > 1 ? " \u2026" : "");
    return shown.length() > LONGEST_PURPOSE
        ? shown.substring(0, LONGEST_PURPOSE - 1) + "\u2026"
        : shown;
  }

  private int run(LockGrant held, Teardown teardown) throws InterruptedException {
    String token = held.token().toString();
    WrappedCommand running;
    try {
      running =
          WrappedCommand.start(
              command, Map.of("HOLDFAST_TOKEN", token, "HOLDFAST_LOCKS", segments(held)), grace);
    } catch (IOException e) {
      boolean absent = String.valueOf(e.getMessage()).contains("No such file");
      return errLine(absent ? NO_SUCH_COMMAND : CANNOT_RUN, String.valueOf(e.getMessage()));
    }
    teardown.add(running);
    AtomicBoolean lost = new AtomicBoolean();
    held.lost()
        .thenAccept(
            reason -> {
              lost.set(true);
              running.close();
            });
    int exitCode = running.exitCode();
    return lost.get()
        ? errLine(LOST, "lost " + names() + " while the command ran, which was ended")
        : exitCode;
  }

  /** Percent-encoded, so that no name has the separator in it. */
  private static String segments(LockGrant held) {
    return held.names().stream().map(LockName::segment).collect(Collectors.joining(" "));
  }

  private String names() {
    return Stream.concat(Stream.of(name), more.stream()).collect(Collectors.joining(" "));
  }

  private int errLine(int exitCode, String what) {
    output.errLine(what);
    return exitCode;
  }
}
