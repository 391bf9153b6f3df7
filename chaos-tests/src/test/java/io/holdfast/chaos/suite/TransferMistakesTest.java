package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.suite.transfer.TransferRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Mistake;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The judge of transfers can fail: it finds every mistake that is put in, and none where none is.
 */
@Timeout(600)
@ResourceLock("processors")
final class TransferMistakesTest {

  private static final Duration TIME = Duration.ofSeconds(5);
  private static final int TRIES = 6;

  /** Runs mostly wait. */
  private static final int AT_ONCE = 4;

  private static PostgresServer first;
  private static PostgresServer second;

  @BeforeAll
  static void start() {
    first = PostgresServer.start(TransferRun.SETTINGS);
    second = PostgresServer.start(TransferRun.SETTINGS);
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
  }

  private static Coordinator connect(MemoryCluster cluster, String name) {
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(name))
            .withSessionTimeout(Duration.ofSeconds(2));
    return Coordinator.connect(cluster.client(name, options), options, "memory");
  }

  private static List<String> run(Mistake mistake, long seed)
      throws SQLException, InterruptedException {
    try (MemoryCluster cluster = MemoryCluster.onRealTime();
        TransferRun run =
            new TransferRun(name -> connect(cluster, name), first, second, mistake, seed)) {
      run.goOn(TIME);
      for (int more = 0; mistake == Mistake.NONE && !hasTriedMuch(run) && more < 20; more++) {
        run.goOn(TIME);
      }
      List<String> wrong = run.finish();
      System.out.printf(
          "%s, seed %d: %d acknowledged, %d aborted, %d deaths, wrong: %s%n",
          mistake, seed, run.acknowledged(), run.aborted(), run.deaths(), wrong);
      if (mistake == Mistake.NONE) {
        assertThat(hasTriedMuch(run)).as("much was tried").isTrue();
      }
      return wrong;
    }
  }

  private static boolean hasTriedMuch(TransferRun run) {
    return run.acknowledged() > 20 && run.aborted() > 0 && run.deaths() > 0;
  }

  @Test
  void everyMistake_isCaught_andNoneWhereNoneIs() throws InterruptedException, ExecutionException {
    Map<Mistake, Future<Boolean>> hunts = new LinkedHashMap<>();
    ExecutorService hunters = Executors.newFixedThreadPool(AT_ONCE);
    try {
      for (Mistake mistake : Mistake.values()) {
        hunts.put(mistake, hunters.submit((Callable<Boolean>) () -> isCaught(mistake)));
      }
      List<Mistake> missed = new ArrayList<>();
      for (Map.Entry<Mistake, Future<Boolean>> hunt : hunts.entrySet()) {
        if (!hunt.getValue().get()) {
          missed.add(hunt.getKey());
        }
      }
      assertThat(hunts).hasSizeGreaterThan(8);
      assertThat(missed).containsExactly(Mistake.NONE);
    } finally {
      hunters.shutdownNow();
    }
  }

  private static boolean isCaught(Mistake mistake) throws SQLException, InterruptedException {
    int tries = mistake == Mistake.NONE ? 1 : TRIES;
    for (int seed = 1; seed <= tries; seed++) {
      if (!run(mistake, seed).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
