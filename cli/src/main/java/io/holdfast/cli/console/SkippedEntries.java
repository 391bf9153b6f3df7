package io.holdfast.cli.console;

import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.AccessRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.ExitCode;

/**
 * What a listing cannot show. It gets a line on standard error, and does not keep the listing from
 * showing the rest.
 */
public final class SkippedEntries {

  private static final int REFUSED = 3;

  private final List<String> lines = new ArrayList<>();
  private boolean refused;

  /** Something that stands among what is listed and cannot be read. */
  public void add(UnreadableEntry entry) {
    lines.add(entry.toString());
  }

  /** Likewise. */
  public void add(String what, String why) {
    lines.add(what + ": " + why);
  }

  /**
   * Reads one of many.
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
   * Tells of them.
   *
   * @return 0 if nothing that was asked for is missing, and 3 otherwise
   */
  public int report(Output output) {
    lines.forEach(line -> output.errLine("not shown: " + line));
    return exitCode();
  }

  int exitCode() {
    return refused ? REFUSED : ExitCode.OK;
  }
}
