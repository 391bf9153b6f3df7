package io.holdfast.chaos.suite.transfer;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.transaction.Mistake;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A client in a process of its own, which is killed: nothing of it is closed, or said. */
final class TransferProcess implements AutoCloseable {

  static final Duration SESSION = Duration.ofSeconds(3);

  private final Process process;
  private final CountDownLatch moves;

  /** Starts it. */
  TransferProcess(
      String name, String uri, List<TransferDatabase> sides, ReportedOutcomes told, long seed) {
    this.moves = new CountDownLatch(3);
    try {
      this.process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx192m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  TransferProcess.class.getName(),
                  name,
                  uri,
                  sides.get(0).url(),
                  sides.get(1).url(),
                  Long.toString(seed))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(() -> read(told), name + "-reader");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(ReportedOutcomes told) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        told.read(line);
        moves.countDown();
      }
    } catch (IOException killed) {
      // What it has not said nobody was told.
    }
  }

  /** Waits until it moves money, and kills it while it does. */
  void killAtWork() throws InterruptedException {
    if (!moves.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it moves nothing");
    }
    close();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** {@code NAME URI URL URL SEED}; ends when it is killed, or its parent is. */
  public static void main(String[] args) throws IOException {
    TransferDatabase from = new TransferDatabase("first", args[2]);
    TransferDatabase to = new TransferDatabase("second", args[3]);
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(args[0]))
            .withSessionTimeout(SESSION);
    TransferClient client =
        new TransferClient(
            args[0],
            life -> Coordinator.connect(args[1], options),
            List.of(from, to),
            Mistake.NONE,
            (transfer, committed) -> {
              System.out.println(ReportedOutcomes.line(transfer, committed));
              System.out.flush();
            },
            Long.parseLong(args[4]));
    while (System.in.read() >= 0) {
      Thread.onSpinWait();
    }
    client.close();
    System.exit(0);
  }
}
