package io.holdfast.benchmarks.commit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A process that moves money until it is killed, or recovers what such a process has left. Says
 * {@value #READY} when it is at it, and ends with its standard input.
 */
final class MovingProcess {

  static final String READY = "ready";

  /** What it does. */
  enum Work {
    OURS,
    NARAYANA,
    ATOMIKOS,
    RECOVER_NARAYANA,
    RECOVER_NARAYANA_FAST,
    RECOVER_ATOMIKOS,
    RECOVER_ATOMIKOS_FAST
  }

  /** For recovery of Atomikos as fast as it can be told to. */
  private static final Map<String, String> FAST =
      Map.of(
          "com.atomikos.icatch.recovery_delay",
          "1000",
          "com.atomikos.icatch.default_jta_timeout",
          "1000",
          "com.atomikos.icatch.max_timeout",
          "1000");

  private static final Map<String, String> DEFAULTS =
      Map.of("com.atomikos.icatch.default_jta_timeout", "10000");

  private MovingProcess() {}

  /** {@code WORK URI URL URL CLIENTS LOG}. */
  public static void main(String[] args) throws Exception {
    Work work = Work.valueOf(args[0]);
    List<String> urls = List.of(args[2], args[3]);
    int clients = Integer.parseInt(args[4]);
    Path log = Path.of(args[5]);
    switch (work) {
      case OURS ->
          move(
              new HoldfastMover(
                  HoldfastMover.Kind.CLUSTER, args[1], urls, clients, Duration.ofSeconds(10)),
              clients);
      case NARAYANA -> move(new NarayanaMover(log, urls, clients), clients);
      case ATOMIKOS -> move(new AtomikosMover(log, urls, clients, Map.of()), clients);
      case RECOVER_NARAYANA -> NarayanaMover.recover(log, urls, 0, 0);
      case RECOVER_NARAYANA_FAST -> NarayanaMover.recover(log, urls, 1, 1);
      case RECOVER_ATOMIKOS -> open(new AtomikosMover(log, urls, 1, DEFAULTS));
      case RECOVER_ATOMIKOS_FAST -> open(new AtomikosMover(log, urls, 1, FAST));
    }
    System.out.println(READY);
    System.out.flush();
    while (System.in.read() >= 0) {
      Thread.onSpinWait();
    }
    System.exit(0);
  }

  private static void open(Mover mover) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {}, mover.toString()));
  }

  private static void move(Mover mover, int clients) throws InterruptedException {
    CountDownLatch moved = new CountDownLatch(clients);
    for (int i = 0; i < clients; i++) {
      int client = i;
      Thread thread =
          new Thread(
              () -> {
                for (int n = 1; ; n++) {
                  try {
                    mover.move(1 + (client * 7 + n) % (Ledgers.ACCOUNTS - 1), 1 + client);
                    moved.countDown();
                  } catch (Exception e) {
                    System.err.println(e);
                  }
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    moved.await();
  }
}
