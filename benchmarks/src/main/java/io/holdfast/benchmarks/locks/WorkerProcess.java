package io.holdfast.benchmarks.locks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} and the way to it. Ends with its input, so it never outlives this process. */
final class WorkerProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 20;

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;

  WorkerProcess(Contestant.Side side, String address, int threads) throws IOException {
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                side.name(),
                address,
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.orders = new PrintWriter(process.getOutputStream(), true, UTF_8);
  }

  /** Waits until it is connected. */
  void awaitReady() throws IOException {
    String line = answer();
    while (!line.equals(Worker.READY)) {
      line = answer();
    }
  }

  void order(String order) {
    orders.println(order);
  }

  /** Waits for the next line that it says. */
  String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(
          "the worker process ended: exit code " + process.onExit().join().exitValue());
    }
    return line;
  }

  @Override
  public void close() {
    orders.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
