package io.holdfast.testkit.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that is run to its end, within a bound. */
public final class Command {

  private Command() {}

  /**
   * Runs a command.
   *
   * @param deadline on {@link System#nanoTime}; then it is killed
   * @return its output and errors
   * @throws CommandFailedException with the last line it printed
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
                + (lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1)));
      }
      return text;
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(output);
    }
  }
}
