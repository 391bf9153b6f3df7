package io.holdfast.cli.render;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end, within a bound. */
final class ChildProcess {

  private static final Duration BOUND = Duration.ofSeconds(30);

  private static final File NO_INPUT = new File("/dev/null");

  private static final int LAST_LINES = 3;

  private ChildProcess() {}

  /**
   * Runs a program in the folder for temporary files, without input. It is killed if it takes
   * longer than 30 s, and if this thread is interrupted.
   *
   * @throws ProcessFailedException if it took too long, or ended with another code than 0; with the
   *     last lines that it printed
   * @throws IOException if it could not be started
   */
  static void run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("holdfast-render-", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(output.toAbsolutePath().resolveSibling("").toFile())
              .redirectErrorStream(true)
              .redirectInput(NO_INPUT)
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(BOUND.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new ProcessFailedException(command.get(0) + " took too long");
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new ProcessFailedException(
            "%s ended with %d%s".formatted(command.get(0), process.exitValue(), last(output)));
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static String last(Path output) throws IOException {
    String printed = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    List<String> lines = printed.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty()
        ? ""
        : ": "
            + String.join(
                "; ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
