package io.holdfast.cli.console;

import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.AccessRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.ExitCode;

/**
 * Entries that a listing cannot show. Each gets a line on standard error; the listing shows the
 * rest.
 */
public final class SkippedEntries {

  private static final int REFUSED = 3;

  private final List<String> lines = new ArrayList<>();
  private boolean refused;

  /** Adds an entry that cannot be read. */
  public void add(UnreadableEntry entry) {
    lines.add(entry.toString());
  }

  /** Adds an entry, and why it is not shown. */
  public void add(String what, String why) {
    lines.add(what + ": " + why);
  }

  /**
   * Reads one entry, and adds it to the skipped ones if the store refuses us.
   *
   * @return empty if we are refused
   */
  public <T> Optional<T> read(String what, Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (AccessRefusedException e) {
      refused = true;
      lines.add(what + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Prints them on standard error.
   *
   * @return 3 if the store refused an entry, otherwise 0
   */
  public int report(Output output) {
    lines.forEach(line -> output.errLine("not shown: " + line));
    return exitCode();
  }

  int exitCode() {
    return refused ? REFUSED : ExitCode.OK;
  }
}
