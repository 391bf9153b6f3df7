package io.holdfast.demo;

import io.holdfast.payment.load.Recovery;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Restarts the ledger's database server under load, once all nodes run. */
final class DatabaseRestart {

  private static final Duration BOUND = Duration.ofMinutes(2);

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;

  DatabaseRestart(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /** Returns after how many milliseconds every shard took payments again. */
  long run(ProgressLog progress) throws IOException, InterruptedException {
    // A node that is just starting needs its databases; one that runs waits for them.
    progress.await(() -> demo.owners().shards().size() == demo.plan().nodes(), BOUND);
    Set<Integer> all =
        IntStream.range(0, demo.plan().shards())
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new));
    printer.say("restarting PostgreSQL, and so both databases");
    Recovery recovery = demo.load().recovery();
    demo.load().orphaned(all);
    long begun = System.nanoTime();
    demo.ledger().restart();
    long away = System.nanoTime() - begun;
    Duration took = progress.awaitPayments(recovery, all, BOUND);
    demo.load().orphaned(Set.of());
    printer.say(
        "PostgreSQL was away for %d ms; every shard takes payments again %d ms after it was stopped",
        TimeUnit.NANOSECONDS.toMillis(away), took.toMillis());
    return took.toMillis();
  }
}
