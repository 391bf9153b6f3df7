package io.holdfast.testkit.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that is run to its end, within a bound. */
public final class Command {

  private static final int LAST_LINES = 3;

  private Command() {}

  /**
   * Runs a command.
   *
   * @param deadline on {@link System#nanoTime}; then it is killed
   * @return its output and errors
   * @throws CommandFailedException with the last lines it printed
   */
  public static String run(Path folder, long deadline, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "command-", ".log");
    Process process = null;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (!ended) {
        throw new CommandFailedException(command.get(0) + " took too long");
      }
      if (process.exitValue() != 0) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        throw new CommandFailedException(
            command.get(0)
                + " ended with "
                + process.exitValue()
                + (lines.isEmpty() ? "" : ": " + last(lines)));
      }
      return text;
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(output);
    }
  }

  private static String last(List<String> lines) {
    return String.join("; ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
